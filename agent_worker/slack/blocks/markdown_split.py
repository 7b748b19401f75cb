"""Cuts long Markdown into parts that each read well on their own. Pure.

A cut is made between paragraphs if possible, else between lines, sentences or words, and only then inside a word.
Fenced code and tables stay whole if they fit into one part. Fenced code that does not fit is closed at the end of a
part and opened again in the next one; a table repeats its header. So code stays code, and a table stays a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

# A fence may stand in a quotation or begin an item of a list: `lead` is the text before its marks. A quantifier with a
# second `+` gives nothing back, so that each pattern reads a line once (docs/decisions/0017-linear-text.md).
_FENCE = re.compile(
    r"\A(?P<lead>[ \t>]*+(?:(?:[-*+]|\d{1,9}+[.)])[ \t]++)?+)(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`\n]*+)\n?\Z"
)
_DELIMITER_ROW = re.compile(r"\A[ \t>]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)*+(?:[ \t]*+:?-++:?)?[ \t]*+\n?\Z")
_BLANK_LINES = re.compile(r"\A(?:[ \t]*+\n)++")

# Where prose is cut, the best places first. The number is the part of the limit that a cut must fill at least: a line
# break near the beginning must not make a message of three words. The next part begins where the match ends.
_CUTS = (
    (re.compile(r"\n(?=\S)"), 0.5),  # between lines, but not inside an item of a list
    (re.compile(r"\n"), 0.5),
    (re.compile(r"[.!?…][\"'”’)\]*_]*+\s|[。！？]"), 0.5),  # noqa: RUF001 - in Chinese and Japanese, sentences end with these signs
    (re.compile(r"\s"), 0.0),
)


def split(markdown: str, limit: int) -> list[str]:
    """`markdown` in parts of at most `limit` characters, in order; no part is blank.

    Nothing is lost but white space at the cuts, and nothing is added but the repeated fences and table headers. The
    time grows with the text; 100,000 characters take less than 0.2 s.
    """
    parts = _filled_parts(_pieces(markdown.replace("\r\n", "\n"), limit), limit)
    first, *others = [_BLANK_LINES.sub("", part).rstrip() for part in parts if part.strip()] or [""]
    return [part for part in (first, *map(_without_indentation, others)) if part]


def _pieces(markdown: str, limit: int) -> Iterator[str]:
    """The passages in order, each whole if it fits into one part."""
    for passage in _passages(markdown):
        text = passage.text
        if len(text.rstrip()) <= limit:
            yield text
        else:
            yield from passage.cut(limit)


def _filled_parts(pieces: Iterable[str], limit: int) -> Iterator[str]:
    """Joins pieces, as many as fit into each part; white space at the end of a part does not count."""
    held: list[str] = []
    length = written = 0  # of what is held: with and without the white space at its end
    for piece in pieces:
        inked = len(piece.rstrip())
        reaches = length + inked if inked else written
        if reaches > limit:
            yield "".join(held)
            held, length, reaches = [], 0, inked
        held.append(piece)
        length, written = length + len(piece), reaches
    yield "".join(held)


def _without_indentation(part: str) -> str:
    """A part after the first: the indentation of a list would turn its first line into code, so it is taken away."""
    return part if _FENCE.match(part.partition("\n")[0]) else part.lstrip()


class _Passage(Protocol):
    """Lines that belong together: prose, fenced code or a table."""

    @property
    def text(self) -> str: ...

    def cut(self, limit: int) -> Iterator[str]:
        """Pieces of at most `limit` characters; white space at their ends does not count."""


@dataclass(frozen=True)
class _Prose:
    text: str

    def cut(self, limit: int) -> Iterator[str]:
        start, end = 0, len(self.text.rstrip())
        while end - start > limit:
            cut = _best_cut(self.text, start, limit)
            yield self.text[start:cut]
            start = cut
        yield self.text[start:]


@dataclass(frozen=True)
class _Framed:
    """Lines that need the first or last line of the whole: fenced code, and a table (whose `foot` is empty).

    `head_again` and `foot_again` are written where the lines are cut; `after` is the white space that follows.
    """

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
        # Head and foot leave too little room for the lines, or there is nothing between them.
        if room < max(limit // 2, 2) or len(self.foot) > limit // 2 or not self.body:
            yield from _Prose(self.text).cut(limit)
            return
        head = self.head
        for lines in _filled(self.body, room):
            yield head + lines + self.foot_again
            head = self.head_again
        yield self.after


def _best_cut(text: str, start: int, limit: int) -> int:
    """The position at which the part that begins at `start` ends."""
    window = start + limit
    for pattern, least in _CUTS:
        least_end = start + limit * least
        found = [match for match in pattern.finditer(text, start, window + 1) if match.end() > least_end]
        ends = [match.end() for match in found if match.end() - match[0][-1].isspace() <= window]
        if ends and text[start : ends[-1]].strip():
            return ends[-1]
    return window


def _filled(lines: list[str], room: int) -> Iterator[str]:
    """Texts of whole lines, each of at most `room` characters; a line that is longer is cut."""
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
    """The line after the fenced code, table or paragraph that begins in line `start`."""
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
    return next((at + 1 for at in range(start + 1, len(lines)) if _closes(lines[at], fence["mark"])), len(lines))


def _closes(line: str, mark: str) -> bool:
    """Whether the line ends the code that began with `mark`: the same sign, at least as often, and nothing else."""
    signs = line.removesuffix("\n").rstrip(" \t").lstrip(" \t>")
    return signs.startswith(mark) and not signs.strip(mark[0])


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
    lead = re.sub(r"[^\s>]", " ", fence["lead"])  # in the next part the fence must not begin a new item
    closed = len(lines) > 1 and _closes(lines[-1], fence["mark"])
    return _Framed(
        head=lines[0],
        head_again=f"{lead}{fence['mark']}{fence['info']}\n",
        body=lines[1:-1] if closed else lines[1:],
        foot=lines[-1] if closed else "",
        foot_again=f"{lead}{fence['mark']}\n",
        after=after,
    )
