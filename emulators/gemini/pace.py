"""Answers at the speed of a real model: a time of thought, and then so many tokens a second."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from emulators.gemini.answers import Answer, Said, Text
from emulators.gemini.response_body import CHARACTERS_PER_TOKEN, part_tokens

TOKENS_IN_A_PIECE = 8  # of a text that is streamed

Chunk = Mapping[str, Any]


@dataclass
class Moments:
    """When the first and the last token of an answer were written, on the loop's clock; None: not yet."""

    first: float | None = None
    last: float | None = None


@dataclass(frozen=True)
class Paced(Answer):
    """`said`, whose first token comes after `seconds`, and then `tokens_per_second`.

    A text is streamed in pieces of some tokens, and the first piece counts as the first token. A call comes when its
    last token is written. An answer that is not streamed comes whole, when a stream would have ended. `moments` is
    filled while the answer is written.
    """

    said: Said = field(default_factory=Said)
    seconds: float = 0.0
    tokens_per_second: float = 80.0
    moments: Moments = field(default_factory=Moments)

    def in_pieces(self) -> Said:
        """What is said, with its text in pieces."""
        texts = [part.text for part in self.said.parts if isinstance(part, Text)]
        if not texts:
            return self.said
        pieces = math.ceil(max(map(len, texts)) / (CHARACTERS_PER_TOKEN * TOKENS_IN_A_PIECE))
        return replace(self.said, pieces=max(1, min(pieces, *map(len, texts))))

    def times(self, chunks: Sequence[Chunk]) -> list[float]:
        """The seconds from the request until each chunk is written."""
        times: list[float] = []
        tokens = 0
        for index, chunk in enumerate(chunks):
            parts = _parts(chunk)
            is_first_token = index == 0 and all("text" in part for part in parts)
            tokens += 0 if is_first_token else sum(map(part_tokens, parts))
            times.append(self.seconds + tokens / self.tokens_per_second)
        return times


async def write(paced: Paced, chunks: Sequence[Chunk], send: Callable[[Chunk], Awaitable[None]]) -> None:
    """Calls `send` with each chunk when its time has come. What one chunk is late does not make the next one late."""
    loop, moments = asyncio.get_running_loop(), paced.moments
    begun = loop.time()
    for chunk, seconds in zip(chunks, paced.times(chunks), strict=True):
        await asyncio.sleep(begun + seconds - loop.time())
        moments.first = moments.first or loop.time()
        await send(chunk)
    moments.last = loop.time()


def _parts(chunk: Chunk) -> list[Mapping[str, Any]]:
    return [part for one in chunk["candidates"] for part in one.get("content", {}).get("parts", [])]
