"""Runs a turn's displays in order, so that an older one never overwrites a newer one. Most of them nobody waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.thread import InThread, Shown, ShowProgress
from agent_worker.slack.thread.progress import ProgressDisplay
from agent_worker.slack.thread.status import ThreadStatus

THINKING = "is thinking…"
LONGEST_DISPLAY = 4.5  # seconds; the next display of the turn waits for it
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ProgressQueue:
    def __init__(self, progress: ProgressDisplay, status: ThreadStatus) -> None:
        self._progress = progress
        self._status = status
        self._latest: dict[tuple[str, str], asyncio.Task[Any]] = {}

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps, and in the status which of them run. Raises ApplicationError as `ProgressDisplay.show`."""
        return await self._after_others(request, self._show)

    def begin(self, request: ShowProgress) -> None:
        """Begins to show the steps where they are shown already. Nobody waits, and a failure is only logged."""
        self._after_others(request, self._show_in_time)

    async def wait(self, request: InThread) -> None:
        """Returns when no display of this turn is under way in this process."""
        if (task := self._latest.get(_turn(request))) is not None:
            await asyncio.wait([task])

    async def wait_for_all(self) -> None:
        """Returns when no display at all is under way in this process."""
        await asyncio.gather(*self._latest.values(), return_exceptions=True)

    @asynccontextmanager
    async def thinking(self, request: InThread) -> AsyncIterator[None]:
        """While the block runs, the status says that the model thinks, and the steps show how they have ended.

        The block waits for displays that are under way only if it may write into the message that they change, or above
        it: then nobody knows yet whether the steps have a message. When it is over, nothing more is shown for it.
        """
        if request.steps_shown != "own message":
            await self.wait(request)
        if request.steps_shown == "perhaps own message":
            await self._refresh(request)
        others, replied = asyncio.create_task(self.wait(request)), asyncio.Event()
        showing = asyncio.create_task(self._show_thinking(request, others, replied))
        try:
            yield
        finally:
            others.cancel()
            replied.set()
            await showing

    async def _show_thinking(self, request: InThread, others: asyncio.Task[None], replied: asyncio.Event) -> None:
        await asyncio.wait([others])
        if others.cancelled():
            return
        async with self._status.status_kept(request.thread, THINKING):
            if request.steps_shown != "perhaps own message":
                await self._refresh(request)
            await replied.wait()

    async def _refresh(self, request: InThread) -> None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                await self._progress.refresh(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("progress not shown", extra={"reason": getattr(error, "message", type(error).__name__)})

    def _after_others(
        self, request: ShowProgress, display: Callable[[ShowProgress], Coroutine[Any, Any, Result]]
    ) -> asyncio.Task[Result]:
        turn = _turn(request)
        before = self._latest.get(turn)

        async def show() -> Result:
            if before is not None:
                await asyncio.wait([before])
            return await display(request)

        task = self._latest[turn] = asyncio.create_task(show())
        task.add_done_callback(lambda _: self._forget(turn, task))
        return task

    def _forget(self, turn: tuple[str, str], task: asyncio.Task[Any]) -> None:
        if self._latest.get(turn) is task:
            del self._latest[turn]

    async def _show(self, request: ShowProgress) -> Shown:
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        status = f"is working: {', '.join(running)}…" if running else THINKING
        shown, _ = await asyncio.gather(self._progress.show(request), self._status.set_status(request.thread, status))
        return shown

    async def _show_in_time(self, request: ShowProgress) -> None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                await self._show(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("steps not shown", extra={"reason": getattr(error, "message", type(error).__name__)})


def _turn(request: InThread) -> tuple[str, str]:
    return request.thread.channel, request.turn
