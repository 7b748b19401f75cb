"""Cuts long Markdown into parts that each read well on their own.

A cut is made where it hurts least: between paragraphs, else between lines, sentences, words, and only then anywhere.
Fenced code and tables stay whole when they fit into one part. Fenced code that does not fit is closed and opened again,
a table repeats its header, so that nothing is shown as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# A fence may stand in a quotation or open an item of a list: the lead is what comes before its marks.
_FENCE = re.compile(r"(?P<lead>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)\n?\Z")
# Possessive quantifiers (`*+`) keep the time linear however many blanks a line has.
_DELIMITER_ROW = re.compile(r"[ \t>]*+\|?(?:[ \t]*+:?-+:?[ \t]*+\|)*+(?:[ \t]*+:?-+:?)?[ \t]*+\n?\Z")
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")

# Where prose is cut, best first, each with the least share of a part that a cut there has to fill: an early line break
# must not leave a message of three words. A match ends where the next part begins.
_CUTS = (
    (re.compile(r"\n(?=\S)"), 0.5),  # a line, but not one that belongs to the list item above it
    (re.compile(r"\n"), 0.5),
    (re.compile(r"[.!?…][\"'”’)\]*_]*\s|[。！？]"), 0.5),  # noqa: RUF001 - sentences end so in Chinese and Japanese
    (re.compile(r"\s"), 0.0),
)


def split(markdown: str, limit: int) -> list[str]:
    """`markdown` in parts of at most `limit` characters, in order; no part is blank.

    Joined they are the input, but for white space at the cuts and for repeated fences and table headers.
    """
    parts = [""]
    for passage in _passages(markdown.replace("\r\n", "\n")):
        for piece in [passage.text] if len(passage.text.rstrip()) <= limit else passage.cut(limit):
            if len((parts[-1] + piece).rstrip()) <= limit:
                parts[-1] += piece
            else:
                parts.append(piece)
    first, *others = [_BLANK_LINES.sub("", part).rstrip() for part in parts if part.strip()] or [""]
    return [part for part in (first, *map(_begun, others)) if part]


def _begun(part: str) -> str:
    """A later part without the indentation that its list gave it, which would now make it code."""
    return part if _FENCE.match(part.partition("\n")[0]) else part.lstrip()


class _Passage(Protocol):
    """Lines that belong together."""

    @property
    def text(self) -> str: ...

    def cut(self, limit: int) -> Iterator[str]:
        """Pieces of at most `limit` characters, not counting white space at their ends."""


@dataclass(frozen=True)
class _Prose:
    text: str

    def cut(self, limit: int) -> Iterator[str]:
        text = self.text
        while len(text.rstrip()) > limit:
            position = _best_cut(text, limit)
            yield text[:position]
            text = text[position:]
        yield text


@dataclass(frozen=True)
class _Framed:
    """Lines that mean something only between a head and a foot: fenced code, a table (which has no foot)."""

    head: str
    head_again: str
    body: list[str]
    foot: str
    foot_again: str
    after: str

    @property
    def text(self) -> str:
        return "".join([self.head, *self.body, self.foot, self.after])

    def cut(self, limit: int) -> Iterator[str]:
        room = limit - max(len(self.head), len(self.head_again)) - len(self.foot_again)
        if room < max(limit // 2, 2):  # mostly frame: not worth repeating
            yield from _Prose(self.text).cut(limit)
            return
        head = self.head
        for lines in _filled(self.body, room):
            yield head + lines + self.foot_again
            head = self.head_again
        yield self.after


def _best_cut(text: str, limit: int) -> int:
    for pattern, least in _CUTS:
        found = [match for match in pattern.finditer(text, 0, limit + 1) if match.end() > limit * least]
        ends = [match.end() for match in found if match.end() - match[0][-1].isspace() <= limit]
        if ends and text[: ends[-1]].strip():
            return ends[-1]
    return limit


def _filled(lines: list[str], room: int) -> Iterator[str]:
    """Whole lines, together at most `room` characters; a line that is longer than that is cut."""
    filled = ""
    for line in lines:
        for fragment in (
            [line[at : at + room - 1] for at in range(0, len(line), room - 1)] if len(line) > room else [line]
        ):
            ended = fragment if fragment.endswith("\n") else fragment + "\n"
            if filled and len(filled) + len(ended) > room:
                yield filled
                filled = ""
            filled += ended
    if filled:
        yield filled


def _passages(markdown: str) -> Iterator[_Passage]:
    lines = [line + "\n" for line in markdown.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    at = 0
    while at < len(lines):
        end = _end_of_content(lines, at)
        after = next((other for other in range(end, len(lines)) if lines[other].strip()), len(lines))
        yield _passage(lines[at:end], "".join(lines[end:after]))
        at = after


def _end_of_content(lines: list[str], start: int) -> int:
    """Where the fenced code, table or paragraph ends that starts at `start`."""
    if fence := _FENCE.match(lines[start]):
        return _end_of_fence(lines, start, fence)
    if _starts_table(lines, start):
        return next(
            (at for at in range(start + 2, len(lines)) if "|" not in lines[at] or _FENCE.match(lines[at])), len(lines)
        )
    for at in range(start + 1, len(lines)):
        if not lines[at].strip() or _FENCE.match(lines[at]) or _starts_table(lines, at):
            return at
    return len(lines)


def _end_of_fence(lines: list[str], start: int, fence: re.Match[str]) -> int:
    closing = _closing(fence)
    return next((at + 1 for at in range(start + 1, len(lines)) if closing.match(lines[at])), len(lines))


def _closing(fence: re.Match[str]) -> re.Pattern[str]:
    mark = fence["mark"]
    return re.compile(rf"[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\n?\Z")


def _starts_table(lines: list[str], at: int) -> bool:
    return (
        at + 1 < len(lines)
        and "|" in lines[at]
        and "-" in lines[at + 1]
        and "|" in lines[at + 1]
        and _DELIMITER_ROW.match(lines[at + 1]) is not None
    )


def _passage(lines: list[str], after: str) -> _Passage:
    if fence := _FENCE.match(lines[0]):
        return _fenced(lines, fence, after)
    if _starts_table(lines, 0):
        head = "".join(lines[:2])
        return _Framed(head=head, head_again=head, body=lines[2:], foot="", foot_again="", after=after)
    return _Prose("".join(lines) + after)


def _fenced(lines: list[str], fence: re.Match[str], after: str) -> _Passage:
    lead = re.sub(r"[^\s>]", " ", fence["lead"])  # opened again, it is no new item
    closed = len(lines) > 1 and _closing(fence).match(lines[-1]) is not None
    return _Framed(
        head=lines[0],
        head_again=f"{lead}{fence['mark']}{fence['info']}\n",
        body=lines[1:-1] if closed else lines[1:],
        foot=lines[-1] if closed else "",
        foot_again=f"{lead}{fence['mark']}\n",
        after=after,
    )
