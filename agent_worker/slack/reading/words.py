"""Words that are looked for in names and titles, whatever their case and accents. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

MOST_FOUND = 20
_LONGEST_QUERY = 200  # characters
_MARK = "Mn"  # Unicode's category of accents that stand over or under a letter
Found = TypeVar("Found")


def folded(text: str) -> str:
    """`text` without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if unicodedata.category(character) != _MARK)


def best(query: str, among: Iterable[Found], text_of: Callable[[Found], str]) -> list[Found]:
    """Those whose text has all words of the query; if none has, those that have at least one; all for no words."""
    words = folded(query[:_LONGEST_QUERY]).replace("#", " ").replace("@", " ").split()
    counted = [(sum(word in folded(text_of(one)) for word in words), one) for one in among]
    most = max((count for count, _ in counted), default=0)
    needed = len(words) if most == len(words) else 1
    return [one for count, one in sorted(counted, key=lambda item: -item[0]) if count >= needed]
