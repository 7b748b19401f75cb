"""Text of the model on its way to Slack: it notifies nobody, and its links say where they lead. Pure.

The text may come in pieces. What is let through does not depend on where it was cut: together, the pieces are what the
whole text would be. A link, a mention or a piece of code that is not complete is held back, at most HELD characters.

Code is left as it is (but for mentions) only where every reader of Markdown sees code. From the first place on that
one may read as code and another as text, the whole rest is treated as text.

All patterns here take time in proportion to the text (docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial

from agent_worker.payloads.storage_limits import writable
from agent_worker.slack.blocks.links import LinkPolicy
from agent_worker.slack.blocks.mentions import CONTROL, GUARD, NOBODY, neutralise

HELD = 2_500  # characters; browsers and Slack take addresses of 2,000
PICTURE = "picture"

# Nothing follows the group, so it gives nothing back. A possessive one, with its look behind, goes wrong before 3.11.5.
_PLAIN = re.compile(r"(?:[^\n`!\[\]<@&hHwW]++|(?<=[A-Za-z0-9])[hHwW])+")
_PLAIN_IN_CODE = re.compile(r"[^\n<@&]++")
_CODE = re.compile(r"(?P<mark>`++)[^`\n|]++(?P=mark)(?!`)")
_CODE_BEGINS = re.compile(r"`++(?:[^`\n|]++`*+)?\Z")
_INSIDE = r"(?:[^\[\]\n]++|\[[^\[\]\n]*+\])*+"
_LINK = re.compile(
    rf"!?\[(?P<label>{_INSIDE})\]\([ \t]*+<?(?P<url>(?:[^()\s<>]++|\([^()\s<>]*+\))++)>?"
    r"(?:[ \t]++(?:\"[^\"\n]*+\"|'[^'\n]*+'))?[ \t]*+\)"
)
_LINK_BEGINS = re.compile(rf"!?\[{_INSIDE}(?:\[[^\[\]\n]*+|\](?:\((?:[^()\n]++|\([^()\n]*+\))*+(?:\([^()\n]*+)?)?)?\Z")
# The end of a label, before what may be an address: `](` of a link, `]:` of a definition of one. Between its lines, the
# sign of a quotation may stand. An address may also be written with entities, or without a scheme.
_LABEL_ENDS = re.compile(r"\][(:](?:[\s>]{100}|[\s>]*+<?[^()\s.:/\\&%]*+[.:/\\&%])")
_LABEL_MAY_END = re.compile(r"\](?:[(:][\s>]*+<?[^()\s.:/\\&%]*+)?\Z")
_ANGLE = re.compile(r"<(?P<url>(?:https?|mailto):[^\s<>|]++)(?:\|(?P<label>[^<>\n]*+))?>", re.IGNORECASE)
_TAG = re.compile(r"<(?:(?P<img>img)|a|/a)(?![\w-])(?P<more>[^<>]*+)>?", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*+=\s*+[\"']?(https?:[^\s\"'<>]++)", re.IGNORECASE)
_ADDRESSED = re.compile(r"<[\s\\]{0,50}+[@!][^<>\[\]\n`]*+>")
_ENTITY = re.compile(
    r"&(?:(?:lt|LT|#0{0,9}+60|#[xX]0{0,9}+3[cC]);(?=[\s\\]{0,50}+[@!&])|(?:commat|#0{0,9}+64|#[xX]0{0,9}+40);)"
)
_ENTITY_BEGINS = re.compile(r"&(?:#?\w{0,12}+|#?\w{1,12}+;[\s\\]{0,50}+)\Z")
# What follows could make it a mention, a tag, or a link with another scheme.
_DANGEROUS = re.compile(r"<(?:[\s\\]{0,50}+[@!&]|[\s\\]{51}|\[|[A-Za-z][A-Za-z0-9+.-]{0,40}+:)")
_ANGLE_BEGINS = re.compile(
    r"<(?:[\s\\]*+(?:[@!][^<>\[\]\n`]*+)?|[hHmMiIaA/][^<>\n]*+|[A-Za-z][A-Za-z0-9+.-]{0,40}+)?\Z"
)
_BROADCAST = re.compile(r"@(?:here|channel|everyone|group)(?![^\W_])", re.IGNORECASE)
_BROADCAST_BEGINS = re.compile(r"@\w{0,8}+\Z")
_URL = re.compile(r"(?:https?:[/\\]*+|www\.)[^\s<>\[\]|\"`\u3000-\u303f\uff01-\uff65]++", re.IGNORECASE)
_URL_BEGINS = re.compile(
    r"(?<![A-Za-z0-9])(?:h(?:t(?:t(?:ps?)?)?)?|https?:[^\s<>\[\]|\"`\u3000-\u303f\uff01-\uff65]*+|w{1,3}"
    r"|www\.[^\s<>\[\]|\"`\u3000-\u303f\uff01-\uff65]*+)\Z",
    re.IGNORECASE,
)
# What some readers take for a part of the address before it: marks of emphasis, and signs of full width.
_GOES_ON = re.compile(r"[*_~\u3001-\u303f\uff01-\uff65]")
# Only a fence at the very beginning of a line is one for every reader: one that is indented ends with its list.
_FENCE = re.compile(r"(?P<mark>`{3,}+|~{3,}+)(?P<info>[ \t]*+[\w+#.-]*+[ \t]*+)(?:\n|\Z)")
_FENCE_PERHAPS = re.compile(r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}+[.)])[ \t]++)?+(?:`{3}|~{3})", re.MULTILINE)
_FENCE_BEGINS = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}+[.)]?)[ \t]*+)?+(?:`{1,2}|~{1,2}|(?:`{3,}+|~{3,}+)[^\n]*+)?\Z", re.MULTILINE
)

Taken = tuple[int, str]  # the position up to which the text is decided, and what is shown in its place


class Outgoing:
    """`add` takes a piece of text and returns what can be shown now; `end` returns the rest.

    `may_mention` and `names` are as in `neutralise`.
    """

    def __init__(self, links: LinkPolicy, may_mention: Collection[str] = (), names: Mapping[str, str] = NOBODY) -> None:
        self._links = links
        self._harmless = partial(neutralise, may_mention=may_mention, names=names)
        self._rest = ""  # not decided yet
        self._before = "\n"  # the last character that is decided
        self._shown = "\n"  # the last character that is shown
        self._was_ours = False  # whether it stands in the place of something else
        self._fence = ""  # the mark of the fenced code in which the text is
        self._knows_code = True
        self._signs: dict[str, Callable[..., Taken | None]] = {
            "`": self._code,
            "!": self._link,
            "[": self._link,
            "]": self._label_end,
            "<": self._angle,
            "&": self._entity,
            "@": self._at,
        }

    def add(self, text: str) -> str:
        self._rest += CONTROL.sub("", writable(text)).replace("\r", "")
        return self._take(is_whole=False)

    def end(self) -> str:
        """Ends code that was never ended: otherwise some readers would take it for text."""
        rest = self._take(is_whole=True)
        return f"{rest}{'' if self._before == chr(10) else chr(10)}{self._fence}" if self._fence else rest

    def _take(self, *, is_whole: bool) -> str:
        text, at = self._rest, 0
        shown: list[str] = []
        while at < len(text):
            taken = self._next(text, at, may_wait=not is_whole and len(text) - at < HELD)
            if taken is None:
                break
            end, piece = taken
            shown.append(self._joined(piece, is_ours=piece != text[at:end]))
            self._before, at = text[end - 1], end
        self._rest = text[at:]
        return "".join(shown)

    def _joined(self, piece: str, *, is_ours: bool) -> str:
        """The piece, kept apart from what is shown before it if both together would be something else.

        A picture; longer code; a link or code whose beginning is escaped, so that it would begin further up; or an
        address that begins with the end of somebody's name.
        """
        is_address = self._was_ours and _may_go_on(self._shown, piece)
        is_picture = self._shown == "!" and piece.startswith("[")
        is_code = self._shown == "`" and piece.startswith("`") and (is_ours or self._was_ours)
        is_escaped = self._shown == "\\" and piece[:1] in {"[", "`"} and len(piece) > 1
        is_apart = bool(self._fence) or not (is_picture or is_code or is_escaped or is_address)
        self._shown, self._was_ours = piece[-1:] or self._shown, is_ours
        return piece if is_apart else GUARD + piece

    def _next(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        """The next piece; None if what follows decides what it is."""
        if self._before == "\n" and self._knows_code:
            if may_wait and _FENCE_BEGINS.match(text, at):
                return None
            if (line := self._fence_line(text, at)) is not None:
                return line
        plain = (_PLAIN_IN_CODE if self._fence else _PLAIN).match(text, at)
        if plain is not None:
            return plain.end(), plain[0]
        sign = text[at]
        if sign == "\n" or (self._fence and sign not in "<@&"):
            return at + 1, sign
        return self._signs.get(sign, self._bare)(text, at, may_wait=may_wait)

    # Code

    def _fence_line(self, text: str, at: int) -> Taken | None:
        """The line if it begins or ends fenced code; None if it is another line."""
        if _FENCE_PERHAPS.match(text, at, at + HELD) is None:
            return None
        found = _FENCE.match(text, at, at + HELD)
        if found is not None and self._fence and found["mark"].startswith(self._fence) and not found["info"].strip():
            self._fence = ""
            return found.end(), found[0]
        if found is not None and not self._fence:
            self._fence = found["mark"]
            return found.end(), self._harmless(found[0])
        self._fence, self._knows_code = "", False
        return None

    def _code(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        if not self._knows_code:
            return at + 1, "`"
        found = _CODE.match(text, at, at + HELD)
        if may_wait and (found is None or found.end() == len(text)) and _CODE_BEGINS.match(text, at):
            return None
        if found is not None and self._before != "\\":
            return found.end(), self._harmless(found[0])
        self._knows_code = False
        return at + 1, "`"

    # Links

    def _link(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        is_picture = text[at] == "!"
        if is_picture and text[at + 1 : at + 2] != "[":
            return None if may_wait and at + 1 == len(text) else (at + 1, "!")
        found = _LINK.match(text, at, at + HELD)
        if found is None and may_wait and _LINK_BEGINS.match(text, at):
            return None
        label = self._harmless(found["label"]) if found else ""
        link = self._links.link(found["url"], label or (PICTURE if is_picture else "")) if found else None
        if found is not None and link is not None:
            return found.end(), self._apart(link)
        return at + 1, "!" + GUARD if is_picture else "["

    def _apart(self, shown: str) -> str:
        """What takes the place of a link or mention, apart from a word before it: together they could be an address."""
        is_apart = shown[0] in "[`<" or self._before.isspace() or self._before in "([{*_~\"'"
        return shown if is_apart else f" {shown}"

    def _label_end(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        """The `]` of what is no link that we have written must not become the `]` of one."""
        if _LABEL_ENDS.match(text, at, at + HELD):
            return at + 1, "]" + GUARD
        return None if may_wait and _LABEL_MAY_END.match(text, at) else (at + 1, "]")

    def _bare(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        if self._before.isascii() and self._before.isalnum():
            return at + 1, text[at]
        if may_wait and _URL_BEGINS.match(text, at):
            return None
        found = _URL.match(text, at, at + HELD)
        if found is None:
            return at + 1, text[at]
        url = _without_end_marks(found[0])
        is_cut = found.end() == at + HELD
        given = url if url[:4].lower() != "www." else f"https://{url}"
        in_emphasis = self._before in "*_~" or _GOES_ON.match(text, at + len(url)) is not None
        link = None if is_cut else self._links.bare(given, in_emphasis=in_emphasis)
        if link is None:
            return at + 1, text[at] + GUARD
        return at + len(url), url if link == f"https://{url}" else link

    # Mentions, and other things in angle brackets

    def _angle(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        if addressed := _ADDRESSED.match(text, at, at + HELD):
            shown = self._harmless(addressed[0])
            return addressed.end(), self._apart(shown.replace("<!", "<!" + GUARD, 1))  # dates can be links, too
        if not self._fence and (found := _ANGLE.match(text, at, at + HELD)):
            link = self._links.link(found["url"], self._harmless(found["label"] or ""))
            return (found.end(), self._apart(link)) if link else (at + 1, "<" + GUARD)
        if may_wait and _ANGLE_BEGINS.match(text, at):
            return None
        if not self._fence and (text[at + 1 : at + 2].isalpha() or text[at + 1 : at + 2] in {"/", "!", "?"}):
            self._knows_code = False  # for some readers a tag goes first, and a backtick in it begins no code
        if not self._fence and (tag := _TAG.match(text, at, at + HELD)):
            source = _SOURCE.search(tag["more"]) if tag["img"] else None
            link = self._links.link(source[1], PICTURE) if source else None
            return (tag.end(), self._apart(link)) if link else (at + 1, "<" + GUARD)
        return at + 1, "<" + GUARD if _DANGEROUS.match(text, at) else "<"

    def _entity(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        """Markdown puts the letter in the place of an entity: what follows must not make a mention of it."""
        if may_wait and _ENTITY_BEGINS.match(text, at):
            return None
        found = _ENTITY.match(text, at)
        return (found.end(), found[0] + GUARD) if found else (at + 1, "&")

    def _at(self, text: str, at: int, *, may_wait: bool) -> Taken | None:
        if may_wait and _BROADCAST_BEGINS.match(text, at):
            return None
        is_word = self._before != "/" and not self._before.isalnum()
        is_broadcast = is_word and _BROADCAST.match(text, at) is not None
        return at + 1, "@" + GUARD if is_broadcast else "@"


def safe(text: str, links: LinkPolicy, may_mention: Collection[str] = (), names: Mapping[str, str] = NOBODY) -> str:
    """A whole text, as `Outgoing` lets it through."""
    outgoing = Outgoing(links, may_mention, names)
    return outgoing.add(text) + outgoing.end()


def _may_go_on(last: str, piece: str) -> bool:
    """Whether an address may begin with this last character and go on with the piece: `h` and `ttps://…`."""
    return last.isalnum() and (piece[:1].isalnum() or piece.startswith(":") or (last in "wW" and piece.startswith(".")))


def _without_end_marks(url: str) -> str:
    """The address without what ends the sentence, the emphasis or the bracket around it."""
    end, surplus = len(url), url.count(")") - url.count("(")
    while end and (url[end - 1] in ".,;:!?'*_~}" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]
