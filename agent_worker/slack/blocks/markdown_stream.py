"""Markdown that is shown while the model writes it: how much can be shown, and where a new message can begin. Pure.

A text is looked through once, from its beginning, so the time grows with the text (docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t>]*+(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`\n]*+)$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*+\n++")
# A word ends at white space; in Chinese, Japanese and Korean, which have little of it, at each letter.
_SPACE = re.compile(r"\s|[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")
# Characters. A text after a `<` is held back because it may become a mention; if it is longer than this, it is shown.
LONGEST_TOKEN = 200


@dataclass(frozen=True)
class Cut:
    """Where the text goes on in the next message: `at` is the position of its first character.

    If this is inside fenced code, `closing` ends the code in the old message and `opening` begins it in the new one.
    """

    at: int
    closing: str = ""
    opening: str = ""


class _Fences:
    """Follows the fences of a text, up to the position `last`, from its beginning to its end."""

    def __init__(self, text: str, last: int) -> None:
        self._fences = _FENCE.finditer(text, 0, last)
        self._next = next(self._fences, None)
        self._open: tuple[str, str] | None = None

    def open_at(self, end: int) -> tuple[str, str] | None:
        """The mark and the language of the fenced code in which `text[:end]` ends; None if it ends outside of code.

        `end` is the beginning of a line or `last`, and never smaller than in the call before.
        """
        while self._next is not None and self._next.start() < end:
            self._pass(self._next["mark"], self._next["info"])
            self._next = next(self._fences, None)
        return self._open

    def _pass(self, mark: str, info: str) -> None:
        if self._open is None:
            self._open = (mark, info)
        elif mark.startswith(self._open[0]) and not info.strip():
            self._open = None


def showable(text: str) -> int:
    """How many characters of an unfinished text can be shown: whole words, and nothing that may become a mention.

    Only the end of the text is looked at.
    """
    spaces = [found.end() for found in _SPACE.finditer(text[-LONGEST_TOKEN:])]
    end = (len(text) - len(text[-LONGEST_TOKEN:]) + spaces[-1]) if spaces else max(0, len(text) - LONGEST_TOKEN)
    bracket = text.rfind("<", max(0, end - LONGEST_TOKEN), end)
    return bracket if bracket >= 0 and ">" not in text[bracket:end] else end


def paragraph_cut(text: str, first: int, last: int) -> Cut | None:
    """The last end of a paragraph between the positions `first` and `last`, outside of code; None if there is none."""
    fences = _Fences(text, last)
    ends = (found.end() for found in _PARAGRAPH.finditer(text, 0, last))
    outside = [end for end in ends if fences.open_at(end) is None and end > first]
    return Cut(outside[-1]) if outside else None


def forced_cut(text: str, first: int, last: int) -> Cut:
    """A cut at the end of a line, else of a word, else at the position `last`. Fenced code goes on as fenced code."""
    middle = (first + last) // 2  # a line that ends early must not leave a message half empty
    ends = [text.rfind("\n", middle, last) + 1, text.rfind(" ", first, last) + 1]
    at = next((end for end in ends if end > first), last)
    fence = _Fences(text, at).open_at(at)
    if fence is None:
        return Cut(at)
    mark, info = fence
    return Cut(at, closing=f"\n{mark}", opening=f"{mark}{info}\n")
