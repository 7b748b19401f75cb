"""A pace: how many things may happen in a minute, and how far apart."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

WINDOW = 60.0  # seconds; Slack counts calls by the minute


class Pace:
    """Allows `per_minute` turns in any 60 seconds, each at least `apart` seconds after the one before."""

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
        """Returns when it is the caller's turn. Callers get their turns in the order in which they called."""
        async with self._line:
            while (pause := self._due() - self._now()) > 0:
                await self._sleep(pause)
            self._latest.append(self._now())

    def _due(self) -> float:
        """The moment of the next turn."""
        if not self._latest:
            return self._now()
        is_full = len(self._latest) == self._latest.maxlen
        return max(self._latest[-1] + self._apart, self._latest[0] + WINDOW if is_full else 0.0)
