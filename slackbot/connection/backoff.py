"""How long to wait before the next attempt."""

from __future__ import annotations

import random


class Backoff:
    """Pauses that double from `first` to `longest` seconds, each shortened at random by up to half.

    The random part keeps several bots from trying at the same moments.
    """

    def __init__(self, first: float = 0.25, longest: float = 30.0) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def next(self, at_least: float = 0.0) -> float:
        """Seconds until the next attempt, but not less than `at_least`: what the other side has asked for."""
        pause = min(self._first * 2.0 ** min(self._failures, 20), self._longest)
        self._failures += 1
        return max(at_least, pause * random.uniform(0.5, 1.0))  # noqa: S311  no secret depends on it

    def reset(self) -> None:
        """The next pause is the first one again."""
        self._failures = 0
