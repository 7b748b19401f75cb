"""The stand-in's clock: real time that tests can turn forward, or a still clock that only they move."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """An action that runs once, at `when` (seconds since 1970), unless it is cancelled first."""

    when: float
    number: int  # keeps the order of timers for the same moment
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Seconds since 1970. With `running=False` only `advance` moves the clock.

    Timers fire in the order of their times. However far one `advance` goes, each action sees its own time as now.
    """

    def __init__(self, *, running: bool = True, start: float | None = None) -> None:
        self._running = running
        self._started = time.monotonic()
        self._offset = time.time() if start is None else start
        self._firing_at: float | None = None
        self._timers: list[Timer] = []
        self._created = 0
        self._wakeup: asyncio.TimerHandle | None = None

    def now(self) -> float:
        if self._firing_at is not None:
            return self._firing_at
        return self._offset + (time.monotonic() - self._started if self._running else 0.0)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward. All actions that fall due have run when this returns."""
        if seconds < 0:
            raise ValueError("a clock is only turned forward")
        self._fire_until(self.now() + seconds)
        self._offset += seconds
        self._arm()

    def call_after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run the action `seconds` from now."""
        self._created += 1
        timer = Timer(self.now() + seconds, self._created, action)
        heapq.heappush(self._timers, timer)
        self._arm()
        return timer

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has moved on by `seconds`."""
        passed = asyncio.Event()
        timer = self.call_after(seconds, passed.set)
        try:
            await passed.wait()
        finally:
            timer.cancel()

    def close(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        if self._wakeup is not None:
            self._wakeup.cancel()

    def _fire_until(self, target: float) -> None:
        while self._timers and self._timers[0].when <= target:
            timer = heapq.heappop(self._timers)
            if timer.cancelled:
                continue
            self._firing_at = max(timer.when, self.now())
            try:
                timer.action()
            finally:
                self._firing_at = None

    def _arm(self) -> None:
        """Wake up at the next timer, if the clock runs by itself."""
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if self._running and self._firing_at is None and self._timers:
            delay = max(0.0, self._timers[0].when - self.now())
            self._wakeup = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._fire_until(self.now())
        self._arm()
