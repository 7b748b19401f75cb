"""Slack's escaped text, read as a person reads it. Pure.

Slack writes `&`, `<` and `>` as entities. Everything that is more than text is a token: `<@U1>`, `<#C1|general>`,
`<!here>`, `<https://example.com|label>`. See "Formatting message text" on docs.slack.dev. Nothing here raises.

No part of a token holds another `<`, and each pattern reads the text once (docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from text.lines import cut

# Characters. A message of Slack has 40,000, and each may be escaped, with up to five characters. The bot hands over no
# longer text.
LONGEST_TEXT = 400_000

_LABEL = r"(?:\|(?P<label>[^<>]*+))?"
# A link needs a scheme, so that a comparison in a text that was never escaped is not taken for one.
_TOKEN = re.compile(
    r"<(?:(?P<sigil>[@#])(?P<id>[A-Z0-9]++)|!(?P<command>[^<>|]++)|(?P<url>[A-Za-z][A-Za-z0-9+.-]*+:[^\s<>|]++))"
    rf"{_LABEL}>"
)
_USER = re.compile(rf"<@([UW][A-Z0-9]++){_LABEL}>")
_CHANNEL = re.compile(rf"<#([CDG][A-Z0-9]++){_LABEL}>")
_EMOJI_FOLLOWS = re.compile(r":(?!:)[\w+'-]++:")


def user_mentions(text: str) -> list[str]:
    """The ids of the people mentioned, each once, in the order of their first mention."""
    return list(dict.fromkeys(found[1] for found in _USER.finditer(text[:LONGEST_TEXT])))


def channel_mentions(text: str) -> list[str]:
    """The ids of the channels mentioned, each once, in the order of their first mention."""
    return list(dict.fromkeys(found[1] for found in _CHANNEL.finditer(text[:LONGEST_TEXT])))


def plain(text: str, *, bot_user_id: str, names: Mapping[str, str]) -> str:
    """Slack's escaped `text` as a person reads it, without the bot's own mention.

    `names` gives the name of a user, user group or channel by its id, without `@` or `#`. If an id is not in it, the
    token's own label is used, or else the id. Code, line breaks and emoji stay as they are. A text that is longer than
    LONGEST_TEXT is cut there, and ends with "…".
    """
    return _with_tokens_replaced(_without_own_mention(text, bot_user_id), names, unescape)


def plain_markdown(markdown: str, *, bot_user_id: str, names: Mapping[str, str]) -> str:
    """As `plain`, for the Markdown of a `markdown` block: it has tokens too, but it is not escaped."""
    return _with_tokens_replaced(_without_own_mention(markdown, bot_user_id), names, str)


def link(url: str, label: str) -> str:
    """A link with its address; `url` and `label` are unescaped. A label that only repeats the address is left out."""
    scheme, _, rest = url.partition(":")
    address = rest if scheme in {"mailto", "tel"} else url
    if label in {"", url, address} or address.endswith(f"://{label}"):
        return address
    return f"{label} ({address})"


def unescape(text: str) -> str:
    """Escaped text without tokens as a person reads it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape_brackets(text: str) -> str:
    """Text that may be escaped already: its entities stay as they are, and no bracket in it can begin a token."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _without_own_mention(text: str, bot_user_id: str) -> str:
    mention = rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*+)?>"
    # A run of spaces is looked at from its start only, not from each of its spaces.
    around = rf"(?P<before>(?:(?<!\s)\s++)?){mention}(?:\s*+{mention})*+(?P<mark>,|:(?![\w+'-]++:))?(?P<after>\s*+)"
    return re.sub(around, _in_place_of_mention, cut(text, LONGEST_TEXT))


def _in_place_of_mention(mention: re.Match[str]) -> str:
    """The white space or mark that takes the place of a mention, so that neither words nor lines are run together."""
    before, mark, after = mention["before"], mention["mark"] or "", mention["after"]
    text, end = mention.string, mention.end()
    if mention.start() == 0:
        return after.rpartition("\n")[2] if "\n" in after else ""  # a first line keeps its indentation
    if end == len(text):
        return mark
    if "\n" in before:
        return max(before, after, key=lambda space: space.count("\n")) if "\n" in after else before
    if mark or "\n" in after:
        return mark + after
    if after or (before and (_EMOJI_FOLLOWS.match(text, end) or text[end] not in ".,;:!?)")):
        return " "
    return ""


def _with_tokens_replaced(text: str, names: Mapping[str, str], between: Callable[[str], str]) -> str:
    """`between` reads the text between two tokens."""
    pieces = []
    position = 0
    for token in _TOKEN.finditer(text):
        pieces += [between(text[position : token.start()]), _readable(token, names)]
        position = token.end()
    return "".join([*pieces, between(text[position:])])


def _readable(token: re.Match[str], names: Mapping[str, str]) -> str:
    label = unescape(token["label"] or "")
    if token["sigil"]:
        return token["sigil"] + _name(token["id"], label.removeprefix(token["sigil"]), names)
    if token["command"]:
        return _command(token["command"], label, names)
    return link(unescape(token["url"]), label)


def _command(command: str, label: str, names: Mapping[str, str]) -> str:
    """A token that begins with `!`: a date, a user group, or `@here` and its like."""
    name, *arguments = command.split("^")
    if name == "date":
        return label or " ".join(arguments[1:2])
    if name == "subteam":
        return "@" + _name("".join(arguments[:1]), label.removeprefix("@"), names)
    return "@" + name if name in {"here", "channel", "everyone"} else label or f"@{name}"


def _name(identifier: str, label: str, names: Mapping[str, str]) -> str:
    return names.get(identifier) or label or identifier
