"""The title of a conversation: a few words from the model, or else the first words of what was asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.exceptions import ApplicationError

from agent_worker.gemini.client import Gemini
from agent_worker.payloads.policy import Naming

LONGEST_WORDS = 60  # characters
PATIENCE = 0.5  # seconds, once the answer is there
logger = logging.getLogger(__name__)


@dataclass
class Title:
    found: str = ""


class Titles:
    """Best effort: a title that is not found in time is sought again with the next model call."""

    def __init__(self, naming: Naming, gemini: Gemini) -> None:
        self._naming = naming
        self._gemini = gemini

    @asynccontextmanager
    async def sought(self, model: str, untitled: str) -> AsyncIterator[Title]:
        """Looks for a title while the block runs, and a moment longer; `found` is set when the block has ended.

        `untitled` is what was asked first, "" for a conversation that needs no title.
        """
        title = Title()
        if not untitled or self._naming == "off":
            yield title
            return
        seeking = asyncio.create_task(self._seek(model, untitled, title))
        try:
            yield title
            await asyncio.wait({seeking}, timeout=PATIENCE)
        finally:
            seeking.cancel()
            await asyncio.gather(seeking, return_exceptions=True)

    async def _seek(self, model: str, untitled: str, title: Title) -> None:
        title.found = await self._words(model, untitled)

    async def _words(self, model: str, untitled: str) -> str:
        if self._naming == "model":
            try:
                return await self._gemini.title(model, untitled)
            except ApplicationError as error:
                logger.info("no title from the model", extra={"reason": error.message})
        return first_words(untitled)


def first_words(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= LONGEST_WORDS:
        return words
    return (words[:LONGEST_WORDS].rpartition(" ")[0] or words[:LONGEST_WORDS]) + "…"
