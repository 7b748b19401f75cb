"""How long to wait: between attempts at something that fails, and between things that must not come all at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

WINDOW = 60.0  # seconds: Slack counts calls by the minute


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
