"""What the bot may have missed: since when, and up to which moment it is sure to have missed nothing."""

from __future__ import annotations

import asyncio

# All moments are seconds since 1970, as in Slack's `ts`.


class Gaps:
    """A gap opens when the connection is lost or a message cannot be handed over; a look into the past closes it."""

    def __init__(self) -> None:
        self._open: float | None = None
        self._closing: float | None = None
        self._opened = asyncio.Event()

    def note(self, since: float) -> None:
        """From this moment on something may have been missed."""
        self._open = since if self._open is None else min(since, self._open)
        self._opened.set()

    async def next(self) -> float:
        """Waits for a gap and returns its beginning; whoever takes it says `closed` once it is looked through."""
        await self._opened.wait()
        since = min(moment for moment in (self._open, self._closing) if moment is not None)
        self._open, self._closing = None, since
        self._opened.clear()
        return since

    def closed(self) -> None:
        """The gap that was taken is looked through; those that opened meanwhile stay."""
        self._closing = None

    def sure_until(self, now: float) -> float:
        """Everything before this moment has been handed over."""
        return min(moment for moment in (self._open, self._closing, now) if moment is not None)
