"""Runs a turn's displays in order, so that an older one never overwrites a newer one. Most of them nobody waits for.

Slack allows few calls, and what changes together is shown by one. So the end of a step is shown with the beginning of
the next one, if that does not take long; and a status that is true for the whole turn is set once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.payloads.thread import InThread, Shown, ShowProgress
from agent_worker.slack.thread.progress import ProgressDisplay
from agent_worker.slack.thread.status import THINKING, WORKING, ThreadStatus

LONGEST_DISPLAY = 4.5  # seconds; the next display of the turn waits for it
# Seconds. So long the end of the last step waits for what comes next: another step, or the end of the turn. Slack
# advises 3 s between two updates of a message.
END_WAITS = 3.0
# Of steps that run at the same time, those that end within this time are shown as ended together.
TOGETHER = 0.5  # seconds
Turn = tuple[str, str]
logger = logging.getLogger(__name__)


class ProgressQueue:
    """`end_waits` and `together` are in seconds."""

    def __init__(
        self,
        progress: ProgressDisplay,
        status: ThreadStatus,
        *,
        end_waits: float = END_WAITS,
        together: float = TOGETHER,
    ) -> None:
        self._progress = progress
        self._status = status
        self._end_waits = end_waits
        self._together = together
        self._latest: dict[Turn, asyncio.Task[None]] = {}  # shows the steps, and then the status
        self._steps: dict[Turn, asyncio.Task[Any]] = {}  # of these, what shows the steps
        self._overtaken: dict[Turn, asyncio.Event] = {}  # of displays that wait whether a newer one comes

    async def show(self, request: ShowProgress) -> Shown:
        """Shows the steps; then, while nobody waits, the status. Raises ApplicationError as `ProgressDisplay.show`.

        If they have a message already, nobody waits for this. Then it waits itself for a moment: if a newer display of
        the turn begins, that one shows them.
        """
        if request.steps_shown == "own message" and await self._is_overtaken(request):
            return Shown()
        return await self._after_others(request, self._progress.show)

    def begin(self, request: ShowProgress) -> None:
        """Begins to show the steps where they are shown already. Nobody waits, and a failure is only logged."""
        self._overtake(request)
        self._after_others(request, self._show_in_time)

    async def wait(self, request: InThread) -> None:
        """Returns when no display of this turn is under way in this process."""
        if (task := self._latest.get(_turn(request))) is not None:
            await asyncio.wait([task])

    async def wait_for_all(self) -> None:
        """Returns when no display at all is under way in this process."""
        await asyncio.gather(*self._latest.values(), return_exceptions=True)

    @asynccontextmanager
    async def thinking(self, request: InThread, *, is_retry: bool = False) -> AsyncIterator[None]:
        """While the block runs, the status says that the agent is at work, and the steps show in time how they ended.

        The block waits for displays that are under way only if it may write into the message that they change, or above
        it: then nobody knows yet whether the steps have a message. When it is over, nothing more is shown for it.
        `is_retry`: the call has failed before, perhaps in another process. So nothing is taken for shown.
        """
        self._overtake(request)
        if request.steps_shown != "own message" and (steps := self._steps.get(_turn(request))) is not None:
            await asyncio.wait([steps])
        if request.steps_shown == "perhaps own message":
            await self._refresh(request)
        others, replied = asyncio.create_task(self.wait(request)), asyncio.Event()
        showing = asyncio.create_task(self._show_thinking(request, others, replied, is_retry=is_retry))
        try:
            yield
        finally:
            others.cancel()
            replied.set()
            await showing

    async def _show_thinking(
        self, request: InThread, others: asyncio.Task[None], replied: asyncio.Event, *, is_retry: bool
    ) -> None:
        await asyncio.wait([others])
        if others.cancelled():
            return
        async with self._status.thinking(request.thread, request.turn, anew=is_retry):
            is_shown = request.steps_shown == "perhaps own message"
            if not is_shown and not await _happens(replied, 0 if is_retry else self._end_waits):
                await self._refresh(request)
            await replied.wait()

    async def _refresh(self, request: InThread) -> None:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                await self._progress.refresh(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("progress not shown", extra={"reason": getattr(error, "message", type(error).__name__)})

    def _after_others(
        self, request: ShowProgress, display: Callable[[ShowProgress], Coroutine[Any, Any, Shown]]
    ) -> asyncio.Task[Shown]:
        turn = _turn(request)
        before = self._latest.get(turn)

        async def show_steps() -> Shown:
            if before is not None:
                await asyncio.wait([before])
            return await display(request)

        async def show_all() -> None:
            await asyncio.wait([steps])
            if not steps.cancelled() and steps.exception() is None:
                await self._say_what_runs(request, steps.result())

        steps = self._steps[turn] = asyncio.create_task(show_steps())
        task = self._latest[turn] = asyncio.create_task(show_all())
        task.add_done_callback(lambda _: self._forget(turn, task))
        return steps

    def _forget(self, turn: Turn, task: asyncio.Task[None]) -> None:
        if self._latest.get(turn) is task:
            del self._latest[turn], self._steps[turn]

    async def _say_what_runs(self, request: ShowProgress, shown: Shown) -> None:
        """After the steps, because Slack takes the status away when they are posted.

        Steps that people see say themselves which of them run; then one status is true for the whole turn.
        """
        running = [step.title for step in request.progress.steps if step.state == "in_progress"]
        if shown.ts or (shown.draft is not None and shown.draft.has_cards):
            await self._status.stand(request.thread, WORKING, request.turn)
        elif running:
            await self._status.set_status(request.thread, f"is working: {', '.join(running)}…", request.turn)
        else:
            await self._status.stand(request.thread, THINKING, request.turn)

    async def _show_in_time(self, request: ShowProgress) -> Shown:
        try:
            async with asyncio.timeout(LONGEST_DISPLAY):
                return await self._progress.show(request)
        except (ApplicationError, TimeoutError) as error:
            logger.info("steps not shown", extra={"reason": getattr(error, "message", type(error).__name__)})
            return Shown()

    def _overtake(self, request: InThread) -> None:
        """Tells a display that waits that this one shows the same and more."""
        if (waiting := self._overtaken.pop(_turn(request), None)) is not None:
            waiting.set()

    async def _is_overtaken(self, request: InThread) -> bool:
        self._overtake(request)
        overtaken = self._overtaken[_turn(request)] = asyncio.Event()
        try:
            return await _happens(overtaken, self._together)
        finally:
            if self._overtaken.get(_turn(request)) is overtaken:
                del self._overtaken[_turn(request)]


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether it happens within so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _turn(request: InThread) -> Turn:
    return request.thread.channel, request.turn
