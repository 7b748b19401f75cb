"""Slack's escaped text, read as a person reads it.

Slack writes `&`, `<` and `>` as entities and everything that is more than text as a token: `<@U1>`, `<#C1|general>`,
`<!here>`, `<https://example.com|label>`. Nothing here raises on a message of an unexpected shape: what cannot be read
is left out. Shapes: docs.slack.dev, "Formatting message text" and "Block Kit".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ID = r"[A-Z0-9]+"
_LABEL = r"(?:\|(?P<label>[^<>]*))?"
# A link needs a scheme, so that a comparison in a text that was never escaped is not taken for one.
_TOKEN = re.compile(
    rf"<(?:(?P<sigil>[@#])(?P<id>{_ID})|!(?P<command>[^<>|]+)|(?P<url>[A-Za-z][A-Za-z0-9+.-]*:[^\s<>|]+)){_LABEL}>"
)
_USER = re.compile(rf"<@([UW][A-Z0-9]+){_LABEL}>")
_CHANNEL = re.compile(rf"<#([CDG][A-Z0-9]+){_LABEL}>")
# What stands in a line of rich_text beside text and links: where its value is, and how text writes it.
_INLINE = {
    "user": ("user_id", "<@{}>"),
    "channel": ("channel_id", "<#{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "broadcast": ("range", "<!{}>"),
    "emoji": ("name", ":{}:"),
    "date": ("fallback", "{}"),
}
_EMOJI_FOLLOWS = r":(?!:)[\w+'-]+:"


def user_mentions(text: str) -> list[str]:
    """The ids of the people mentioned, each once, in the order of their first mention."""
    return list(dict.fromkeys(found[1] for found in _USER.finditer(text)))


def channel_mentions(text: str) -> list[str]:
    """The ids of the channels mentioned, each once, in the order of their first mention."""
    return list(dict.fromkeys(found[1] for found in _CHANNEL.finditer(text)))


def plain(text: str, *, bot_user_id: str, names: Mapping[str, str]) -> str:
    """Slack's escaped `text` as a person reads it, without the bot's own mention.

    `names` gives the readable name of a user, user group or channel by its id, without `@` or `#`. Who is not in it is
    called by the token's own label, else by the id. Code, line breaks and emoji stay as they are.
    """
    return _tokens_resolved(_own_mention_removed(text, bot_user_id), names, _unescaped)


def message_text(message: Mapping[str, Any], *, bot_user_id: str, names: Mapping[str, str]) -> str:
    """What a person sees in a `message` as conversations.replies gives it: text, attachments and the names of files.

    An app's post shows its blocks and keeps its text for notifications, so there the blocks count, if they can be read.
    """
    return _Reader(bot_user_id, names).message(message)


def _own_mention_removed(text: str, bot_user_id: str) -> str:
    mention = rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*)?>"
    # Looking for the start of a run of spaces once, not at each of them, keeps this linear.
    around = rf"(?P<before>(?:(?<!\s)\s+)?){mention}(?:\s*{mention})*(?P<mark>,|:(?![\w+'-]+:))?(?P<after>\s*)"
    return re.sub(around, _tidied, text)


def _tidied(mention: re.Match[str]) -> str:
    """What stays where a mention stood, so that neither words nor lines run together or apart."""
    before, mark, after = mention["before"], mention["mark"] or "", mention["after"]
    rest = mention.string[mention.end() :]
    if mention.start() == 0:
        return after.rpartition("\n")[2] if "\n" in after else ""  # a first line keeps its indentation
    if not rest:
        return mark
    if "\n" in before:
        return max(before, after, key=lambda space: space.count("\n")) if "\n" in after else before
    if mark or "\n" in after:
        return mark + after
    if after or (before and (re.match(_EMOJI_FOLLOWS, rest) or rest[0] not in ".,;:!?)")):
        return " "
    return ""


def _tokens_resolved(text: str, names: Mapping[str, str], between: Callable[[str], str]) -> str:
    pieces = []
    position = 0
    for token in _TOKEN.finditer(text):
        pieces += [between(text[position : token.start()]), _readable(token, names)]
        position = token.end()
    return "".join([*pieces, between(text[position:])])


def _readable(token: re.Match[str], names: Mapping[str, str]) -> str:
    label = _unescaped(token["label"] or "")
    if token["sigil"]:
        return token["sigil"] + _name(token["id"], label.removeprefix(token["sigil"]), names)
    if token["command"]:
        return _command(token["command"], label, names)
    return _link(_unescaped(token["url"]), label)


def _command(command: str, label: str, names: Mapping[str, str]) -> str:
    name, *arguments = command.split("^")
    if name == "date":
        return label or " ".join(arguments[1:2])
    if name == "subteam":
        return "@" + _name("".join(arguments[:1]), label.removeprefix("@"), names)
    return "@" + name if name in {"here", "channel", "everyone"} else label or f"@{name}"


def _name(identifier: str, label: str, names: Mapping[str, str]) -> str:
    return names.get(identifier) or label or identifier


def _link(url: str, label: str) -> str:
    address = re.sub(r"^(?:mailto|tel):", "", url)
    if label in {"", url, address} or address.endswith(f"://{label}"):
        return address
    return f"{label} ({address})"


def _escaped(text: str) -> str:
    """Text that may be escaped already: its entities stay, and no bracket can start a token."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True)
class _Reader:
    """Reads messages for one bot, with the names that are known."""

    bot_user_id: str
    names: Mapping[str, str]

    def message(self, message: Mapping[str, Any]) -> str:
        text = self._plain(_string(message, "text"))
        is_post = _string(message, "bot_id") or _string(message, "subtype") == "bot_message"
        if is_post or not text:
            text = self._blocks(message, "blocks") or text
        attachments = [self._attachment(attachment) for attachment in _mappings(message, "attachments")]
        return _lines([text, *attachments, *_files(message)])

    def _plain(self, text: str) -> str:
        return plain(text, bot_user_id=self.bot_user_id, names=self.names)

    def _attachment(self, attachment: Mapping[str, Any]) -> str:
        author = self.names.get(_string(attachment, "author_id")) or _string(attachment, "author_name")
        content = self._blocks(attachment, "blocks") or self._plain(_string(attachment, "text"))
        shown = [
            self._plain(_string(attachment, "pretext")),
            self._title(attachment),
            content or self._forwarded(attachment),
            *(self._field(field) for field in _mappings(attachment, "fields")),
            *_files(attachment),
        ]
        text = _lines(shown) or self._plain(_string(attachment, "fallback"))
        return f"{author}: {text}" if author and text else text or author

    def _title(self, attachment: Mapping[str, Any]) -> str:
        title, link = self._plain(_string(attachment, "title")), _unescaped(_string(attachment, "title_link"))
        return _link(link, title) if title and link else title

    def _forwarded(self, attachment: Mapping[str, Any]) -> str:
        messages = (_mapping(part, "message") for part in _mappings(attachment, "message_blocks"))
        return _lines(self._blocks(message, "blocks") for message in messages)

    def _field(self, field: Mapping[str, Any]) -> str:
        title, value = self._plain(_string(field, "title")), self._plain(_string(field, "value"))
        return f"{title}: {value}" if title and value else title or value

    def _blocks(self, holder: Mapping[str, Any], key: str) -> str:
        return _lines(self._block(block) for block in _mappings(holder, key))

    def _block(self, block: Mapping[str, Any]) -> str:
        match _string(block, "type"):
            case "rich_text":
                return self._plain(_rich_text(block))
            case "markdown":
                return self._markdown(_string(block, "text"))
            case "table" | "data_table":
                return _lines(self._row(row) for row in _list(block, "rows"))
            case "image":
                return f"[image: {_string(block, 'alt_text') or 'no description'}]"
            case "actions" | "context_actions" | "input":
                return ""  # controls, not content
            case _:
                return self._texts(block)

    def _markdown(self, markdown: str) -> str:
        """Markdown is not escaped, but it mentions people as Slack does."""
        return _tokens_resolved(_own_mention_removed(markdown, self.bot_user_id), self.names, str)

    def _row(self, row: Any) -> str:
        return (
            " | ".join(self._cell(cell) for cell in row if isinstance(cell, Mapping)) if isinstance(row, list) else ""
        )

    def _cell(self, cell: Mapping[str, Any]) -> str:
        if _string(cell, "type") == "rich_text":
            return self._plain(_rich_text(cell)).replace("\n", " ")
        return self._plain(_string(cell, "text")) or _number_shown(cell)

    def _texts(self, block: Mapping[str, Any]) -> str:
        """The text objects of a section, a header, a context or a block that is newer than this code."""
        single = [_mapping(block, key) for key in ("title", "subtitle", "text", "body")]
        listed = [*_mappings(block, "fields"), *_mappings(block, "elements")]
        return _lines(self._plain(_string(part, "text") or _string(part, "alt_text")) for part in single + listed)


def _rich_text(block: Mapping[str, Any]) -> str:
    """A rich_text block in Slack's escaped text, so that it is read as any other text."""
    return _lines(_rich_part(part) for part in _mappings(block, "elements"))


def _rich_part(part: Mapping[str, Any]) -> str:
    inline = "".join(_inline(element) for element in _mappings(part, "elements"))
    match _string(part, "type"):
        case "rich_text_preformatted":
            return f"```\n{inline}\n```"
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in inline.split("\n"))
        case "rich_text_list":
            return "\n".join(_list_items(part))
        case _:
            return inline


def _list_items(part: Mapping[str, Any]) -> list[str]:
    indent = "    " * min(_number(part, "indent"), 8)
    first = _number(part, "offset") + 1
    items = [
        "".join(_inline(element) for element in _mappings(item, "elements")) for item in _mappings(part, "elements")
    ]
    if _string(part, "style") == "ordered":
        return [f"{indent}{number}. {item}" for number, item in enumerate(items, first)]
    return [f"{indent}• {item}" for item in items]


def _inline(element: Mapping[str, Any]) -> str:
    kind, text = _string(element, "type"), _escaped(_string(element, "text"))
    if kind == "link":
        return f"<{_escaped(_string(element, 'url'))}|{text}>"
    if kind in _INLINE:
        key, form = _INLINE[kind]
        value = _escaped(_string(element, key))
        return form.format(value) if value else ""
    return f"`{text}`" if text and _mapping(element, "style").get("code") is True else text


def _files(holder: Mapping[str, Any]) -> list[str]:
    return [_file(file) for file in _mappings(holder, "files")]


def _file(file: Mapping[str, Any]) -> str:
    name = _string(file, "name") or _string(file, "title") or "unnamed"
    kind = _string(file, "mimetype")
    return f"[file: {name} ({kind})]" if kind else f"[file: {name}]"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip())


def _string(holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _number(holder: Mapping[str, Any], key: str) -> int:
    value = holder.get(key)
    return value if isinstance(value, int) and value > 0 else 0


def _number_shown(cell: Mapping[str, Any]) -> str:
    value = cell.get("value")
    return str(value) if isinstance(value, int | float) else ""


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _mappings(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [value for value in _list(holder, key) if isinstance(value, Mapping)]
