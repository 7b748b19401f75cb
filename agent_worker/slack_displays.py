"""Steps that are shown while they run: begun by one step of the turn, and waited for by the next.

No tool waits for a display, and none costs an activity of its own. What the thread shows is known to the worker that
has shown it until the conversation has been told; any other worker has to look into the thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from temporalio.exceptions import ApplicationError

from agent_worker.requests import InThread, Shown, ShowProgress
from agent_worker.slack_progress import SlackProgress
from agent_worker.slack_sessions import SlackSessions

THINKING = "is thinking…"
LONGEST_DISPLAY = 4.5  # seconds; the turn waits for it
TURNS_REMEMBERED = 1_000
Request = TypeVar("Request", bound=InThread)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Display:
    name: str
    showing: asyncio.Task[Shown | None]


class SlackDisplays:
    def __init__(self, progress: SlackProgress, sessions: SlackSessions) -> None:
        self._progress = progress
        self._sessions = sessions
        self._begun: OrderedDict[tuple[str, str], _Display] = OrderedDict()

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps and says in the status what is running; returns what the thread shows then."""
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        status = f"is working: {', '.join(running)}…" if running else THINKING
        shown, _ = await asyncio.gather(self._progress.show(request), self._sessions.set_status(request.thread, status))
        return Shown(ts=shown.ts or request.progress.ts or "", draft=shown.draft or request.draft)

    def begin(self, request: ShowProgress) -> str:
        """Begins to show the steps; the name of this display, for the conversation's next request."""
        display = _Display(uuid4().hex[:12], asyncio.create_task(self._show_in_time(request)))
        self._begun[_turn(request)] = display
        while len(self._begun) > TURNS_REMEMBERED:
            self._begun.popitem(last=False)
        return display.name

    async def _show_in_time(self, request: ShowProgress) -> Shown | None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                return await self.show(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("steps not shown", extra={"reason": str(error)})
            return None

    async def settled(self, request: Request) -> Request:
        """The request with what the thread shows now, once nothing of the turn is being shown here any more.

        Where that is not known, because it failed or another worker has begun it, the request says so.
        """
        display = self._begun.get(_turn(request))
        if display is None and not request.display:
            return request
        shown = await asyncio.shield(display.showing) if display else None
        if display is None or shown is None or display.name != request.display:
            return _doubted(request)
        draft = (shown.draft or request.draft).model_copy(update={"unsure": request.draft.unsure})
        progress = request.progress and request.progress.model_copy(update={"ts": shown.ts or None})
        return request.model_copy(update={"progress": progress, "draft": draft})

    def is_told(self, request: InThread) -> None:
        """The conversation hears with this step's result what the thread shows."""
        self._begun.pop(_turn(request), None)

    async def done(self) -> None:
        """Returns when nothing is being shown any more."""
        await asyncio.gather(*(display.showing for display in self._begun.values()), return_exceptions=True)


def _turn(request: InThread) -> tuple[str, str]:
    return request.thread.channel, request.turn


def _doubted(request: Request) -> Request:
    progress, draft = request.progress, request.draft
    if progress is not None and progress.ts is None:
        progress = progress.model_copy(update={"unsure": True})
    return request.model_copy(update={"progress": progress, "draft": draft.model_copy(update={"unsure": True})})
