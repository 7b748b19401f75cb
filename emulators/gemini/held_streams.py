"""One streamed answer that stops in its middle, until a test lets it go on or breaks it off."""

from __future__ import annotations

import asyncio

from emulators.held import Held


class HeldStream(Held):
    """Its first pieces have been sent when `reached` returns; it goes on when it is released."""

    def __init__(self) -> None:
        super().__init__()
        self._abandoned = asyncio.Event()
        self.is_cut = False

    def cut(self) -> None:
        """Drop the connection where the stream has stopped; may be called before that."""
        self.is_cut = True
        self.release()

    async def abandoned(self) -> None:
        """Return once the caller has closed the connection without waiting for the rest."""
        await self._abandoned.wait()

    async def keep_waiting(self) -> None:
        """Be the held stream."""
        try:
            await super().keep_waiting()
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
