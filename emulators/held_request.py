"""One request to a stand-in that waits in the middle of being answered, until a test releases it."""

from __future__ import annotations

import asyncio


class HeldRequest:
    """The test's end of a held request: wait until it has arrived, look around, then release it."""

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
        """Let the request go on to its ordinary answer. May be called before the request arrives."""
        self._released.set()

    async def keep_waiting(self) -> None:
        """The stand-in's end: announce that the request has arrived, and return when it is released."""
        self._arrived.set()
        try:
            await self._released.wait()
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
