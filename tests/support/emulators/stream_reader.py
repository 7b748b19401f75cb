"""Reads a streamed answer of the pretend Gemini with Google's own client, chunk by chunk."""

from __future__ import annotations

import asyncio

from google import genai
from google.genai import types

from tests.support.emulators.gemini_caller import MODEL

POND = "An old silent pond. A frog jumps into the pond."


class StreamReader:
    """Keeps the chunks that have come, also if the rest does not come."""

    def __init__(self, sdk: genai.Client) -> None:
        self._sdk = sdk
        self._news = asyncio.Condition()
        self.chunks: list[types.GenerateContentResponse] = []

    async def read(self, question: str = "hi") -> list[types.GenerateContentResponse]:
        async for chunk in await self._sdk.aio.models.generate_content_stream(model=MODEL, contents=question):
            async with self._news:
                self.chunks.append(chunk)
                self._news.notify_all()
        return self.chunks

    async def has_read(self, count: int) -> None:
        """Return once so many chunks have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.chunks) >= count)

    @property
    def texts(self) -> list[str]:
        return [chunk.text or "" for chunk in self.chunks]

    @property
    def finish_reasons(self) -> list[str | None]:
        return [chunk.candidates[0].finish_reason if chunk.candidates else None for chunk in self.chunks]


def only_part(chunk: types.GenerateContentResponse) -> types.Part:
    assert chunk.parts is not None
    (part,) = chunk.parts
    return part
