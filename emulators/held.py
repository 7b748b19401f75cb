"""One request to a stand-in that waits in the middle of being answered, until a test lets it go on."""

from __future__ import annotations

import asyncio


class Held:
    """It has arrived when `reached` returns, and goes on when it is released."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._released = asyncio.Event()
        self._abandoned = asyncio.Event()

    async def reached(self) -> None:
        """Return once a request has arrived and waits here."""
        await self._arrived.wait()

    async def abandoned(self) -> None:
        """Return once the caller has closed the connection without waiting any longer."""
        await self._abandoned.wait()

    def release(self) -> None:
        """Let the request go on to its ordinary answer; may be called before it arrives."""
        self._released.set()

    async def keep_waiting(self) -> None:
        """Be the held request: announce that it has arrived, and return when it is released."""
        self._arrived.set()
        try:
            await self._released.wait()
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
