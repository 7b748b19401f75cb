"""A turn's steps as they are shown meanwhile: nobody waits for that but what the turn shows next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.thread import InThread, Shown, ShowProgress
from agent_worker.slack.thread.progress import SlackProgress
from agent_worker.slack.thread.status import SlackSessions

THINKING = "is thinking…"
LONGEST_DISPLAY = 4.5  # seconds; the turn waits for it
Result = TypeVar("Result")
Display = Callable[[ShowProgress], Coroutine[Any, Any, Result]]
logger = logging.getLogger(__name__)


class SlackDisplays:
    """Of one turn, one after the other: what came later would be written over."""

    def __init__(self, progress: SlackProgress, sessions: SlackSessions) -> None:
        self._progress = progress
        self._sessions = sessions
        self._latest: dict[tuple[str, str], asyncio.Task[Any]] = {}

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps, and says in the status what is running."""
        return await self._after_others(request, self._show)

    def begin(self, request: ShowProgress) -> None:
        """Begins to show the steps where they are shown already: there is nothing to learn from it."""
        self._after_others(request, self._show_in_time)

    async def over(self, request: InThread) -> None:
        """Returns when nothing of the turn is being shown here any more."""
        if (task := self._latest.get(_turn(request))) is not None:
            await asyncio.wait([task])

    def _after_others(self, request: ShowProgress, display: Display[Result]) -> asyncio.Task[Result]:
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
        shown, _ = await asyncio.gather(self._progress.show(request), self._sessions.set_status(request.thread, status))
        return shown

    async def _show_in_time(self, request: ShowProgress) -> None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                await self._show(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("steps not shown", extra={"reason": str(error)})

    async def done(self) -> None:
        """Returns when nothing at all is being shown any more."""
        await asyncio.gather(*self._latest.values(), return_exceptions=True)


def _turn(request: InThread) -> tuple[str, str]:
    return request.thread.channel, request.turn
