"""Who began which conversation, among however many.

Temporal lists runs by time and not by person. So the whole list is read once, and after that only what is new.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from cachetools import LRUCache
from temporalio.client import Client, WorkflowExecution

from agent_worker.contract.names import MEMO_USER, thread_of

# Runs that one call lists. With more, the bot would do nothing else for longer than some 10 ms.
PAGE = 200
CALL_TIMEOUT = timedelta(seconds=10)  # nobody waits so long: what is read late is there at the next look
PATIENCE = 0.4  # seconds that a look waits for what is not read yet
# A run may appear in the list after runs that were started later.
OVERLAP = timedelta(minutes=1)
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # before every run
KEPT = 200  # conversations of one person, the newest
PEOPLE = 50_000  # the one who was asked for least recently is forgotten first, until the bot starts again
logger = logging.getLogger(__name__)


class Beginnings:
    """`query` lists all runs of the agent in the team."""

    def __init__(self, client: Client, query: str) -> None:
        self._client = client
        self._query = query
        self._begun: LRUCache[str, dict[str, datetime]] = LRUCache(PEOPLE)  # workflow ids, by person
        self._read_until: datetime | None = None  # every run that was started before this moment is known
        self._catching_up: asyncio.Task[None] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether no run of before the last look is missing."""
        return self._read_until is not None and self._catching_up is not None and self._catching_up.done()

    def read_ahead(self) -> None:
        """Begins to read what was started since the last time, unless that is under way."""
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.create_task(self._catch_up())
            self._catching_up.add_done_callback(_log)

    async def of(self, user: str) -> list[str]:
        """The workflow ids of the conversations of which the person began a run, the newest run first.

        Raises RPCError while Temporal is away. Unless `is_complete`, only the newest PAGE of all runs are sure to be
        known; the next look knows more.
        """
        await self._read(self._query, limit=PAGE)
        self.read_ahead()
        if self._catching_up is not None:
            await asyncio.wait([self._catching_up], timeout=PATIENCE)
        begun = self._begun.get(user, {})
        return sorted(begun, key=lambda name: begun[name], reverse=True)

    async def _catch_up(self) -> None:
        since = f" AND StartTime >= '{(self._read_until - OVERLAP).isoformat()}'" if self._read_until else ""
        newest = await self._read(f"{self._query}{since}")
        self._read_until = max(filter(None, [newest, self._read_until]), default=NEVER)

    async def _read(self, query: str, limit: int | None = None) -> datetime | None:
        """Notes who began the runs that Temporal lists; returns when the newest of them was started."""
        newest: datetime | None = None
        listing = self._client.list_workflows(query, limit=limit, page_size=PAGE, rpc_timeout=CALL_TIMEOUT)
        async for run in listing:
            await self._note(run)
            newest = max(newest or run.start_time, run.start_time)
        return newest

    async def _note(self, run: WorkflowExecution) -> None:
        user = await run.memo_value(MEMO_USER, None)
        if not user or not isinstance(user, str) or thread_of(run.id) is None or "'" in run.id:
            return
        begun = self._begun.setdefault(user, {})
        begun[run.id] = max(run.start_time, begun.get(run.id, run.start_time))
        if len(begun) > KEPT:
            del begun[min(begun, key=lambda name: begun[name])]


def _log(reading: asyncio.Task[None]) -> None:
    if not reading.cancelled() and (error := reading.exception()) is not None:
        logger.info("the list of conversations could not be read", extra={"reason": type(error).__name__})
