"""How long to wait: between attempts at something that fails, and between things that must not come all at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable

WINDOW = 60.0  # seconds: Slack counts calls by the minute


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


class Pace:
    """Lets `per_minute` turns through in any minute, `apart` seconds after one another."""

    def __init__(
        self,
        per_minute: int,
        apart: float = 0.0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._apart = apart
        self._now = now
        self._sleep = sleep
        self._latest: deque[float] = deque(maxlen=per_minute)
        self._line = asyncio.Lock()

    async def turn(self) -> None:
        """Returns when it is the caller's turn; callers are let through in the order in which they came."""
        async with self._line:
            while (pause := self._due() - self._now()) > 0:
                await self._sleep(pause)
            self._latest.append(self._now())

    def _due(self) -> float:
        if not self._latest:
            return self._now()
        is_full = len(self._latest) == self._latest.maxlen
        return max(self._latest[-1] + self._apart, self._latest[0] + WINDOW if is_full else 0.0)
