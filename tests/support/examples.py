"""How many examples a property is tried with: all of them, or a fifth in `make test-fast`."""

from __future__ import annotations

import os

IS_FAST = os.environ.get("FAST_TESTS") == "1"  # set by `make test-fast`


def examples(number: int) -> int:
    """`number`, or a fifth of it in `make test-fast`."""
    return max(1, number // 5) if IS_FAST else number
