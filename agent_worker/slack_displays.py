"""Steps that a tool shows while it runs: nobody waits for that but what the turn shows next."""

from __future__ import annotations

import asyncio
import logging

from temporalio.exceptions import ApplicationError

from agent_worker.requests import InThread, Shown, ShowProgress
from agent_worker.slack_progress import SlackProgress
from agent_worker.slack_sessions import SlackSessions

THINKING = "is thinking…"
LONGEST_DISPLAY = 4.5  # seconds; the turn waits for it
logger = logging.getLogger(__name__)


class SlackDisplays:
    def __init__(self, progress: SlackProgress, sessions: SlackSessions) -> None:
        self._progress = progress
        self._sessions = sessions
        self._begun: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps, and says in the status what is running."""
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        status = f"is working: {', '.join(running)}…" if running else THINKING
        shown, _ = await asyncio.gather(self._progress.show(request), self._sessions.set_status(request.thread, status))
        return shown

    def begin(self, request: ShowProgress) -> None:
        """Begins to show the steps where they are shown already: there is nothing to learn from it."""
        turn = _turn(request)
        task = asyncio.create_task(self._show_in_time(request))
        self._begun[turn] = task
        task.add_done_callback(lambda _: self._forget(turn, task))

    async def _show_in_time(self, request: ShowProgress) -> None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                await self.show(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("steps not shown", extra={"reason": str(error)})

    def _forget(self, turn: tuple[str, str], task: asyncio.Task[None]) -> None:
        if self._begun.get(turn) is task:
            del self._begun[turn]

    async def over(self, request: InThread) -> None:
        """Returns when nothing of the turn is being shown here any more: what came later would be written over."""
        if (task := self._begun.get(_turn(request))) is not None:
            await asyncio.wait([task])

    async def done(self) -> None:
        """Returns when nothing at all is being shown any more."""
        await asyncio.gather(*self._begun.values(), return_exceptions=True)


def _turn(request: InThread) -> tuple[str, str]:
    return request.thread.channel, request.turn
