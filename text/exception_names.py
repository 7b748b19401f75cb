"""Names of exceptions in what a service or a library says: they are for programmers, and people read around them. Pure.

Takes time in proportion to the text.
"""

from __future__ import annotations

import re

# A word with dots in it, as the class of an exception stands with its modules before it, and what follows it there.
_WORD = re.compile(r"(?P<word>[\w.]++)(?:\(\))?+:?+[ \t]*+")
_CLASS = re.compile(r"[A-Z]\w*+(?:(?<=\wError)|(?<=\wException))")


def without_exception_names(text: str) -> str:
    """The text without them: "ValueError: no such day" reads "no such day"."""
    return _WORD.sub(_left, text).strip()


def _left(found: re.Match[str]) -> str:
    name = found["word"].rpartition(".")[2]
    return "" if _CLASS.fullmatch(name) else found[0]
