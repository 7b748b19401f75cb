"""Answers that wait until a test lets them go on: before their beginning, or in the middle of a stream."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from emulators.gemini.answers import Answer, Said
from emulators.gemini.request import ModelRequest
from emulators.held_request import HeldRequest


class HeldAnswer:
    """One request that waits for its answer: `request = await reached()`, then `release(answer)`."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._held = HeldRequest()
        self._request: asyncio.Future[ModelRequest] = loop.create_future()
        self._answer: asyncio.Future[Answer] = loop.create_future()

    async def reached(self) -> ModelRequest:
        """Return the request once it has arrived and waits here."""
        return await asyncio.shield(self._request)

    async def abandoned(self) -> None:
        """Return once the caller has closed the connection without waiting for the answer."""
        await self._held.abandoned()

    def release(self, answer: Answer) -> None:
        """Let the request be answered. May be called before the request arrives."""
        self._answer.set_result(answer)
        self._held.release()

    async def keep_waiting(self, request: ModelRequest) -> Answer:
        """The stand-in's end: hand over the request, and return its answer when the test releases it."""
        self._request.set_result(request)
        await self._held.keep_waiting()
        return self._answer.result()


class HeldStream(HeldRequest):
    """One streamed answer that stops in its middle: `reached` returns when its first chunks have been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False

    def cut(self) -> None:
        """Drop the connection where the stream has stopped. May be called before the stream gets there."""
        self.is_cut = True
        self.release()


@dataclass(frozen=True)
class StoppingStream(Answer):
    """A stream of `said` that stops after `after` chunks, for as long as it is held."""

    said: Said
    after: int
    held: HeldStream
