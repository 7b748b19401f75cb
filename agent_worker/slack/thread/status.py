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
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.standing_status import StandingStatuses
from text import lines

THINKING, WORKING = "is thinking…", "is working…"
DEADLINE = 3.0  # seconds for one call; nobody waits longer for a display
END_PAUSES = (0.0, 0.5, 2.0)  # seconds before each try to remove a status
REFRESH = 90.0  # seconds; Slack removes a status after two minutes
LONGEST_TITLE = 200  # characters
logger = logging.getLogger(__name__)


class ThreadStatus:
    """Only a display: what Slack does not do, or not in time, is logged and left out. Nothing here raises.

    `refresh` is in seconds: so often a status that is kept is set again. `standing` remembers what was set.
    """

    def __init__(self, api: SlackApi, standing: StandingStatuses | None = None, refresh: float = REFRESH) -> None:
        self._api = api
        self._standing = standing or StandingStatuses()
        self._refresh = refresh

    async def set_status(self, thread: Thread, status: str, turn: str = "") -> None:
        """Shows `<app> <status>` in the thread, for the turn with this key; "" removes the status."""
        method = self._api.client.assistant_threads_setStatus
        status = line(status)
        if status and not self._api.budget.spare(method.__name__):
            self._standing.is_gone(thread)  # it soon will be, or says something else
            return
        being_set = self._standing.being_set(thread, turn, status)
        is_set = await self._try(method, channel_id=thread.channel, thread_ts=thread.thread_ts, status=status)
        if is_set and status:
            self._standing.was_set(thread, being_set)
        else:
            self._standing.is_gone(thread)

    async def stand(self, thread: Thread, status: str, turn: str) -> None:
        """Shows a status that is true for the whole turn, unless one stands: each call to Slack is one of few."""
        if not self._stands(thread, turn):
            await self.set_status(thread, status, turn)

    def _stands(self, thread: Thread, turn: str | None) -> bool:
        """Whether such a status stands, and need not be set again yet; for None, a status of any kind and turn."""
        found = self._standing.of(thread)
        if found is None or self._standing.age(found) >= self._refresh:
            return False
        return turn is None or (found.turn == turn and found.text in {THINKING, WORKING})

    @asynccontextmanager
    async def thinking(self, thread: Thread, turn: str, *, anew: bool) -> AsyncIterator[None]:
        """Keeps a status up while the model thinks. One that stands is left to stand, unless it is to be set `anew`.

        The block does not end before a call that is under way: otherwise the status could arrive after the answer.
        """
        if anew:
            self._standing.is_gone(thread)
        async with self._kept(lambda: self.stand(thread, THINKING, turn), thread, first=0.0):
            yield

    @asynccontextmanager
    async def working(self, thread: Thread) -> AsyncIterator[None]:
        """The same while a tool works. Whatever stands when it begins was set for it."""

        async def set_again() -> None:
            if not self._stands(thread, turn=None):
                await self.set_status(thread, WORKING)

        async with self._kept(set_again, thread, first=self._until_due(thread)):
            yield

    @asynccontextmanager
    async def _kept(
        self, set_again: Callable[[], Awaitable[None]], thread: Thread, *, first: float
    ) -> AsyncIterator[None]:
        """Sets the status after the `first` seconds, and whenever it is due again, until the block ends."""
        over = asyncio.Event()

        async def keep() -> None:
            pause = first
            while not await _happens(over, pause):
                await set_again()
                pause = self._until_due(thread)

        keeping = asyncio.create_task(keep())
        try:
            yield
        finally:
            over.set()
            await keeping

    def _until_due(self, thread: Thread) -> float:
        """The seconds until the status has to be set again."""
        found = self._standing.of(thread)
        return max(self._refresh - self._standing.age(found), 0.0) if found else self._refresh

    async def end(self, thread: Thread, *, waits: bool) -> None:
        """Removes the status. `waits`: the agent has asked a question, and Slack shows that a person has to answer.

        Tried again if Slack fails: an answer that was written into a draft takes no status away, and the status would
        say for two minutes that the agent is at work.
        """
        method = self._api.client.agents_sessions_setStatus
        may_wait = waits and self._api.budget.spare(method.__name__)
        place = {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        self._standing.is_gone(thread)
        if may_wait and await self._try(method, **place, status="suspended"):
            return
        for pause in END_PAUSES:
            await asyncio.sleep(pause)
            failure = await self._failure(self._api.client.assistant_threads_setStatus, **place, status="")
            if failure is None or (isinstance(failure, ApplicationError) and is_refusal(failure)):
                return

    async def rename(self, thread: Thread, title: str) -> bool:
        """Gives the thread's session this title; "" changes nothing. Not every workspace has all of the methods.

        Returns whether that may have begun a session, which says from then on that the agent is at work.
        """
        if not title:
            return False
        client, place = self._api.client, {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        title = lines.title(line(title), LONGEST_TITLE)
        if not self._api.budget.spare(client.agents_sessions_rename.__name__):
            return False
        if await self._try(client.agents_sessions_rename, **place, title=title):
            return False
        has_begun = await self._try(client.agents_sessions_setStatus, **place, status="processing", title=title)
        if thread.is_direct and not has_begun:
            await self._try(client.assistant_threads_setTitle, **place, title=title)
        return True

    async def _try(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> bool:
        """Whether Slack has done it."""
        return await self._failure(method, **arguments) is None

    async def _failure(
        self, method: Callable[..., Awaitable[Any]], **arguments: Any
    ) -> ApplicationError | TimeoutError | None:
        """Why Slack has not done it, or not in time; None if it has."""
        try:
            async with asyncio.timeout(DEADLINE):
                await self._api.call_at_once(method, **arguments)
        except (ApplicationError, TimeoutError) as error:
            logger.info(
                "session not shown",
                extra={"method": method.__name__, "reason": getattr(error, "message", type(error).__name__)},
            )
            return error
        return None


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether it happens within so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
