"""The gaps in which the bot may have missed messages. All moments are seconds since 1970, as in Slack's `ts`."""

from __future__ import annotations

import asyncio


class Gaps:
    """A gap opens when the connection is lost or a message cannot be handed over; a catch-up closes it.

    Only the earliest beginning is kept: one catch-up from there closes all gaps that were open when it began.
    """

    def __init__(self) -> None:
        self._open: float | None = None
        self._being_closed: float | None = None
        self._is_open = asyncio.Event()

    def open(self, since: float) -> None:
        """Something may have been missed from this moment on."""
        self._open = since if self._open is None else min(since, self._open)
        self._is_open.set()

    async def next(self) -> float:
        """Waits for a gap and returns its beginning. The caller looks for what was missed, and then calls `close`."""
        await self._is_open.wait()
        since = min(moment for moment in (self._open, self._being_closed) if moment is not None)
        self._open, self._being_closed = None, since
        self._is_open.clear()
        return since

    async def opens_within(self, seconds: float) -> bool:
        """Waits for so long, or until another gap opens; whether one did."""
        try:
            await asyncio.wait_for(self._is_open.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Closes the gap that `next` returned; one that has opened since then stays open."""
        self._being_closed = None

    def sure_until(self, now: float) -> float:
        """The watermark: the bot has handed over every message that was written before this moment."""
        return min(moment for moment in (self._open, self._being_closed, now) if moment is not None)
