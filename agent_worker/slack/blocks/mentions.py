"""Text that notifies only the people whom it may notify: every other mention in it becomes plain text. Pure.

All patterns here take time in proportion to the text (docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping

from agent_worker.payloads.storage_limits import writable
from text.lines import ELLIPSIS, cut

# Characters of a text that `escaped` reads. A text object of Slack takes 3,000; mentions become shorter when they are
# escaped, so more than that is read. One message of an answer is not longer than this.
ESCAPED_CHARACTERS = 12_000
# A text that was made harmless and is then cut can become dangerous: `name@here`, cut inside the name, notifies. It is
# made harmless again after the cut, and may become longer by this many characters.
ROOM_FOR_GUARDS = 8

# A zero-width space after the sign: a person reads the same word, and Slack finds no mention in it.
GUARD = "\u200b"
_GAP = r"[\s\\]*+"
# No part of a token holds another `<`, so that the text after a `<` is read once, up to the next one.
_TOKEN = re.compile(
    rf"<{_GAP}(?:@{_GAP}(?P<user>\w++)|!{_GAP}(?P<group>here|channel|everyone|group|subteam\^\w*+))"
    rf"(?P<end>(?:\|(?P<label>[^<>]*+)|{_GAP})>)?",
    re.IGNORECASE,
)
_USER_OR_SIGN = re.compile(r"<@(?P<user>\w++)(?:\|[^<>]*+)?>|[&<>]")
# `@here` and its like as a word of its own: not in an e-mail address (`name@here.org`), and not in the path of a web
# address (`https://example.com/@channel`).
_WORD = re.compile(r"(?<![^\W_])(?<!/)@(?=(?:here|channel|everyone|group)(?![^\W_]))", re.IGNORECASE)
_LABEL = re.compile(r"@?([\w .'-]{1,80})")
_NO_LABEL = re.compile(r"[^\w .'-]++")
_ADDRESS_BEGINS = re.compile(r"www(?=\.)", re.IGNORECASE)
LONGEST_NAME = 80  # characters
_HALF_AN_ENTITY_OR_MENTION = re.compile(r"(?:&\w{0,4}|<[^<>]*+)\Z")
# Control characters cannot be seen, and where a client drops one, the text around it could become a mention. Tabs and
# line breaks stay.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


NOBODY: Mapping[str, str] = {}


def neutralise(markdown: str, may_mention: Collection[str], names: Mapping[str, str] = NOBODY) -> str:
    """`markdown` that notifies nobody but the users whose ids are in `may_mention`; a person can still read all of it.

    Anybody else who is mentioned goes by the name in `names`, or else by the mention's own label, or by the id. None of
    these becomes a link.

    `<!channel>`, `<!here>`, `<!everyone>` and user groups never stay, not even in code: Slack may look into code too.
    Idempotent. Takes 0.2 s for a million characters at most, so the caller limits the length.
    """

    allowed = frozenset(may_mention)

    def harmless(token: re.Match[str]) -> str:
        name = token["user"] or token["group"].rpartition("^")[2]
        if token["user"] in allowed and _is_plain_mention(token):
            return token[0]
        if token["end"] is None:  # without a `>` it is no mention yet; text that follows must not make it one
            sign = "@" if token["user"] else "!"
            return token[0].replace(sign, sign + GUARD, 1)
        label = _LABEL.fullmatch(token["label"] or "")
        called = _called(names.get(name, "")) or (label[1] if label else name)
        return "@" + GUARD + _ADDRESS_BEGINS.sub(rf"\g<0>{GUARD}", called)

    return _WORD.sub("@" + GUARD, _TOKEN.sub(harmless, CONTROL.sub("", writable(markdown))))


def escaped(text: str, may_mention: Collection[str], longest: int) -> str:
    """Plain text as Slack's escaped text (`&amp;`, `&lt;`, `&gt;`), in at most `longest` characters; "…" if it is cut.

    Of `text`, the first ESCAPED_CHARACTERS are read. The only mentions that work are those of the users whose ids are
    in `may_mention`.
    """

    allowed = frozenset(may_mention)

    def escape(found: re.Match[str]) -> str:
        return f"<@{found['user']}>" if found["user"] in allowed else html.escape(found[0], quote=False)

    slack_text = _USER_OR_SIGN.sub(escape, neutralise(cut(text, ESCAPED_CHARACTERS), may_mention))
    return neutralise(_cut(slack_text, longest - ROOM_FOR_GUARDS), may_mention)


def _called(name: str) -> str:
    """A name that people have chosen, with nothing in it that a label could not have."""
    return " ".join(_NO_LABEL.sub(" ", name[:LONGEST_NAME]).split())


def _is_plain_mention(token: re.Match[str]) -> bool:
    """Whether the token is exactly `<@U1>` or `<@U1|label>`, without white space or backslashes in between."""
    end = token.end("user")
    return token[0].startswith(f"<@{token['user']}") and token.string[end : end + 1] in {">", "|"}


def _cut(slack_text: str, longest: int) -> str:
    """Cuts escaped text, but never inside an entity or a mention."""
    if len(slack_text) <= longest:
        return slack_text
    return _HALF_AN_ENTITY_OR_MENTION.sub("", slack_text[: longest - 1]) + ELLIPSIS
