"""The title of a conversation: a few words from the model, or the first words of the first message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio.exceptions import ApplicationError

from agent_worker.gemini.bill import Bill
from agent_worker.gemini.client import Gemini
from agent_worker.payloads.agent_policy import Naming
from text import lines

LONGEST_WORDS = 60  # characters
LONGEST_WAIT = timedelta(milliseconds=500)  # for the title, after the answer is complete
logger = logging.getLogger(__name__)


@dataclass
class Title:
    """`found` is "" until a title is found."""

    found: str = ""


class Titles:
    """Finds titles, unless the settings turn them off. What is not found in time is sought with a later model call."""

    def __init__(self, naming: Naming, gemini: Gemini) -> None:
        self._naming = naming
        self._gemini = gemini

    @asynccontextmanager
    async def sought(self, model: str, untitled: str, bill: Bill | None = None) -> AsyncIterator[Title]:
        """Looks for a title while the block runs, and up to LONGEST_WAIT longer. Read `found` after the block.

        `untitled` is the first message of the conversation, or "" if the conversation needs no title. Never raises
        because of a title; if the block raises, the search ends at once.
        """
        title = Title()
        if not untitled or self._naming == "off":
            yield title
            return
        seeking = asyncio.create_task(self._seek(model, untitled, title, bill))
        try:
            yield title
            await asyncio.wait({seeking}, timeout=LONGEST_WAIT.total_seconds())
        finally:
            seeking.cancel()
            await asyncio.gather(seeking, return_exceptions=True)

    async def _seek(self, model: str, untitled: str, title: Title, bill: Bill | None) -> None:
        title.found = await self._words(model, untitled, bill)

    async def _words(self, model: str, untitled: str, bill: Bill | None) -> str:
        if self._naming == "model":
            try:
                return await self._gemini.title(model, untitled, bill)
            except ApplicationError as error:
                logger.info("no title from the model", extra={"reason": error.message})
        return first_words(untitled)


def first_words(text: str) -> str:
    """The first words of `text` on one line, at most LONGEST_WORDS characters, cut where it makes sense."""
    return lines.title(text, LONGEST_WORDS)
