"""What Temporal can store: text that UTF-8 can write, JSON that is not too deep, and how large a value is. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

# Levels of nested lists and objects. Temporal's data converter writes about 250 levels and reads about 200 (measured
# with pydantic 2.14). A value in between would be stored, and then fail every workflow task that reads it.
DEEPEST = 100


def writable(text: str) -> str:
    """`text` with a question mark for each lone surrogate: Temporal and Slack refuse those."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def is_too_deep(value: object) -> bool:
    """Whether a JSON value has more than DEEPEST levels. Does not recurse, so any depth is safe."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def fair_limit(sizes: Sequence[int], room: int) -> int:
    """The largest size at which all that are not larger fit into `room`; what small ones leave goes to the others."""
    for count, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size > room // count:
            return room // count
        room -= size
    return max(sizes, default=room)


def size_of(value: object) -> int:
    """Bytes of a JSON value as it is stored."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
