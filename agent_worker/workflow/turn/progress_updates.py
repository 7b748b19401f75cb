"""Shows a turn's steps while it runs: one update at a time, always with the newest state."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import Thread
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.thread import ShowProgress
    from agent_worker.workflow.activity_calls import show_progress


class ProgressUpdates:
    """The turn does not wait for an update, and does not fail because of one."""

    def __init__(self, thread: Thread, turn: Turn) -> None:
        self._thread = thread
        self._turn = turn
        self._updating: asyncio.Task[None] | None = None

    def refresh(self) -> None:
        if not self._thread.in_slack:
            return
        self._turn.display.is_due = True
        if self._updating is None or self._updating.done():
            self._updating = asyncio.create_task(self._update())

    async def done(self) -> None:
        """Returns when no update is under way."""
        if self._updating is not None:
            await self._updating

    async def _update(self) -> None:
        turn = self._turn
        while turn.display.is_due and (request := self.request()):
            turn.display.is_due = False
            try:
                turn.display.take_shown(await show_progress(request))
            except ActivityError:  # only a display: the answer matters more
                turn.display.doubt_steps()

    def request(self) -> ShowProgress | None:
        """The steps as they should look now; None in a turn without steps."""
        turn = self._turn
        if turn.display.progress is None:
            return None
        return ShowProgress(**turn.in_thread(self._thread))
