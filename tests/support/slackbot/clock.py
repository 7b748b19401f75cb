"""A clock that only the test turns."""

from __future__ import annotations


class StillClock:
    """Time passes only when somebody sleeps or the test turns the clock. In seconds."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
