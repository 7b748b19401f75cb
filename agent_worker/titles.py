"""The title of a conversation: a few words from the model, or else the first words of what was asked."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from temporalio.exceptions import ApplicationError

from agent_worker.contract import Thread
from agent_worker.gemini import Gemini
from agent_worker.requests import AskModel
from agent_worker.slack_sessions import SlackSessions

Naming = Literal["model", "words", "off"]
LONGEST_WORDS = 60  # characters
REMEMBERED = 1_000  # threads
PATIENCE = 0.5  # seconds, once the answer is there
logger = logging.getLogger(__name__)


@dataclass
class Title:
    found: str = ""


class Titles:
    """Best effort: a title that is not found in time is sought again with the next model call."""

    def __init__(self, naming: Naming, gemini: Gemini, sessions: SlackSessions | None) -> None:
        self._naming = naming
        self._gemini = gemini
        self._sessions = sessions
        self._known: OrderedDict[Thread, str] = OrderedDict()

    @asynccontextmanager
    async def sought(self, request: AskModel) -> AsyncIterator[Title]:
        """Looks for a title while the block runs, and a moment longer; `found` is set when the block has ended."""
        title = Title()
        if not request.untitled or self._naming == "off":
            yield title
            return
        seeking = asyncio.create_task(self._seek(request, title))
        try:
            yield title
            await asyncio.wait({seeking}, timeout=PATIENCE)
        finally:
            seeking.cancel()
            await asyncio.gather(seeking, return_exceptions=True)

    async def _seek(self, request: AskModel, title: Title) -> None:
        found = await self._words(request)
        if self._sessions is not None:
            await self._sessions.rename(request.thread, found)
        title.found = found

    async def _words(self, request: AskModel) -> str:
        if self._naming == "model":
            try:
                return await self._gemini.title(request.model, request.untitled)
            except ApplicationError as error:
                logger.info("no title from the model", extra={"reason": error.message})
        return first_words(request.untitled)


def first_words(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= LONGEST_WORDS:
        return words
    return (words[:LONGEST_WORDS].rpartition(" ")[0] or words[:LONGEST_WORDS]) + "…"
