"""What Slack shows of a thread beside its messages: the status line, whether it waits for a person, its title."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks.outlet import line
from text import lines

DEADLINE = 3.0  # seconds for one call; nobody waits longer for a display
REFRESH = 90.0  # seconds; Slack removes a status after two minutes
LONGEST_TITLE = 200  # characters
logger = logging.getLogger(__name__)


class ThreadStatus:
    """Only a display: what Slack does not do, or not in time, is logged and left out. Nothing here raises.

    `refresh` is in seconds: so often a status that is kept is set again.
    """

    def __init__(self, api: SlackApi, refresh: float = REFRESH) -> None:
        self._api = api
        self._refresh = refresh

    async def set_status(self, thread: Thread, status: str) -> None:
        """Shows `<app> <status>` in the thread; "" removes the status."""
        method = self._api.client.assistant_threads_setStatus
        status = line(status)
        if not status or self._api.budget.spare(method.__name__):
            await self._try(method, channel_id=thread.channel, thread_ts=thread.thread_ts, status=status)

    @asynccontextmanager
    async def status_kept(self, thread: Thread, status: str, *, is_shown: bool = False) -> AsyncIterator[None]:
        """Keeps the status up while the block runs. `is_shown`: it is there already, so the first call is left out.

        The block does not end before a call that is under way: otherwise the status could arrive after the answer.
        """
        over = asyncio.Event()
        keeping = asyncio.create_task(self._keep(thread, status, over, is_shown=is_shown))
        try:
            yield
        finally:
            over.set()
            await keeping

    async def _keep(self, thread: Thread, status: str, over: asyncio.Event, *, is_shown: bool) -> None:
        while not over.is_set():
            if not is_shown:
                await self.set_status(thread, status)
            is_shown = False
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), self._refresh)

    async def end(self, thread: Thread, *, waits: bool) -> None:
        """Removes the status. `waits`: the agent has asked a question, and Slack shows that a person has to answer."""
        method = self._api.client.agents_sessions_setStatus
        may_wait = waits and self._api.budget.spare(method.__name__)
        place = {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        if not (may_wait and await self._try(method, **place, status="suspended")):
            await self.set_status(thread, "")

    async def rename(self, thread: Thread, title: str) -> None:
        """Gives the thread's session this title; "" changes nothing. Not every workspace has all of the methods."""
        if not title:
            return
        client, place = self._api.client, {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        title = lines.title(line(title), LONGEST_TITLE)
        if not self._api.budget.spare(client.agents_sessions_rename.__name__):
            return
        if await self._try(client.agents_sessions_rename, **place, title=title):
            return
        if await self._try(client.agents_sessions_setStatus, **place, status="processing", title=title):
            return
        if thread.is_direct:
            await self._try(client.assistant_threads_setTitle, **place, title=title)

    async def _try(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> bool:
        """Whether Slack has done it."""
        try:
            async with asyncio.timeout(DEADLINE):
                await self._api.call_at_once(method, **arguments)
        except (ApplicationError, TimeoutError) as error:
            logger.info(
                "session not shown",
                extra={"method": method.__name__, "reason": getattr(error, "message", type(error).__name__)},
            )
            return False
        return True
