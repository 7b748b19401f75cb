"""The emulator's clock: real time that tests can turn forward, or a still clock that only they move."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """Something that happens once, at `when` (seconds since 1970), unless it is cancelled first."""

    when: float
    number: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Seconds since 1970. `running=False` stands still, so that only `advance` moves it.

    Timers fire in the order of their times, each seeing its own time as now, however far one `advance` goes.
    """

    def __init__(self, *, running: bool = True, start: float | None = None) -> None:
        self._running = running
        self._started = time.monotonic()
        self._offset = time.time() if start is None else start
        self._held: float | None = None
        self._timers: list[Timer] = []
        self._created = 0
        self._wakeup: asyncio.TimerHandle | None = None

    def now(self) -> float:
        if self._held is not None:
            return self._held
        return self._offset + (time.monotonic() - self._started if self._running else 0.0)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward; what falls due on the way happens before this returns."""
        if seconds < 0:
            raise ValueError("a clock is only turned forward")
        self._fire_until(self.now() + seconds)
        self._offset += seconds
        self._arm()

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        self._created += 1
        timer = Timer(when, self._created, action)
        heapq.heappush(self._timers, timer)
        self._arm()
        return timer

    def call_after(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self.call_at(self.now() + seconds, action)

    async def sleep(self, seconds: float) -> None:
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
            self._held = max(timer.when, self.now())
            try:
                timer.action()
            finally:
                self._held = None

    def _arm(self) -> None:
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if self._running and self._held is None and self._timers:
            delay = max(0.0, self._timers[0].when - self.now())
            self._wakeup = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._fire_until(self.now())
        self._arm()
