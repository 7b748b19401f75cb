"""How large things are in a history, and how what is too large is shared out. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence


def fair_limit(sizes: Sequence[int], room: int) -> int:
    """How large one may be, so that all that are not larger fit into `room`; small ones leave theirs to the others."""
    for count, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size > room // count:
            return room // count
        room -= size
    return max(sizes, default=room)


def size_of(value: object) -> int:
    """Bytes of a JSON value as it is stored."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
