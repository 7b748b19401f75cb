"""How long to wait before the next attempt to connect."""

from __future__ import annotations

import random


class Backoff:
    """Growing pauses, from `first` to `longest` seconds; each is cut by up to half, so that no two bots keep step."""

    def __init__(self, first: float = 0.25, longest: float = 30.0) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def next(self, at_least: float = 0.0) -> float:
        """Seconds until the next attempt; `at_least` is what the other side has asked for."""
        pause = min(self._first * 2.0 ** min(self._failures, 20), self._longest)
        self._failures += 1
        return max(at_least, pause * random.uniform(0.5, 1.0))  # noqa: S311  no secret depends on it

    def reset(self) -> None:
        self._failures = 0
