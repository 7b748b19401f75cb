"""Markdown that is shown while the model writes it: how much can be shown, and where a new message can begin. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
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


def showable(text: str) -> int:
    """How many characters of an unfinished text can be shown: whole words, and nothing that may become a mention."""
    spaces = [found.end() for found in _SPACE.finditer(text[-LONGEST_TOKEN:])]
    end = (len(text) - len(text[-LONGEST_TOKEN:]) + spaces[-1]) if spaces else max(0, len(text) - LONGEST_TOKEN)
    bracket = text.rfind("<", max(0, end - LONGEST_TOKEN), end)
    return bracket if bracket >= 0 and ">" not in text[bracket:end] else end


def paragraph_cut(text: str, first: int, last: int) -> Cut | None:
    """The last end of a paragraph between the positions `first` and `last`, outside of code; None if there is none."""
    ends = [found.end() for found in _PARAGRAPH.finditer(text, 0, last) if found.end() > first]
    return next((Cut(end) for end in reversed(ends) if _open_fence(text[:end]) is None), None)


def forced_cut(text: str, first: int, last: int) -> Cut:
    """A cut at the end of a line, else of a word, else at the position `last`. Fenced code goes on as fenced code."""
    middle = (first + last) // 2  # a line that ends early must not leave a message half empty
    ends = [text.rfind("\n", middle, last) + 1, text.rfind(" ", first, last) + 1]
    at = next((end for end in ends if end > first), last)
    fence = _open_fence(text[:at])
    if fence is None:
        return Cut(at)
    mark, info = fence
    return Cut(at, closing=f"\n{mark}", opening=f"{mark}{info}\n")


def _open_fence(text: str) -> tuple[str, str] | None:
    """The mark and the language of the fenced code in which the text ends; None if it ends outside of code."""
    current: tuple[str, str] | None = None
    for fence in _FENCE.finditer(text):
        if current is None:
            current = (fence["mark"], fence["info"])
        elif fence["mark"].startswith(current[0]) and not fence["info"].strip():
            current = None
    return current
