"""How far a tool call is, shown while it runs: on its card where this call shows the steps, else in the status line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import ShownStep, ShowProgress
from agent_worker.slack.adapter import Slack
from agent_worker.toolbox.tool_source import Progress

PAUSE = 3.0  # seconds between two displays; a tool may tell of its progress a thousand times in a second


@asynccontextmanager
async def progress_shown(
    slack: Slack | None, thread: Thread | None, shown: ShowProgress | None
) -> AsyncIterator[Progress]:
    """Gives the block a function that shows a line. Nothing is shown any more when the block is over.

    `shown` are the turn's steps if this call shows them; its own is then the one that runs.
    """
    if slack is None or thread is None:
        yield lambda _: None
        return
    lines = _Lines(slack, thread, shown)
    showing = asyncio.create_task(lines.show())
    try:
        yield lines.put
    finally:
        lines.end()
        await showing


class _Lines:
    """Shows the newest line, one at a time."""

    def __init__(self, slack: Slack, thread: Thread, shown: ShowProgress | None) -> None:
        self._slack = slack
        self._thread = thread
        self._shown = shown
        self._newest = ""
        self._has_news = asyncio.Event()
        self._is_over = asyncio.Event()

    def put(self, line: str) -> None:
        self._newest = line
        self._has_news.set()

    def end(self) -> None:
        self._is_over.set()
        self._has_news.set()

    async def show(self) -> None:
        while await self._has_news.wait() and not self._is_over.is_set():
            self._has_news.clear()
            await self._display(self._newest)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), PAUSE)

    async def _display(self, line: str) -> None:
        steps = self._shown.progress.steps if self._shown else []
        running = [step for step in steps if step.state == "in_progress"]
        if self._shown is None or len(running) != 1:
            await self._slack.status.set_status(self._thread, f"is working: {line}…")
            return
        told = [_with(step, line) if step is running[0] else step for step in steps]
        progress = self._shown.progress.model_copy(update={"steps": told})
        self._slack.progress_queue.begin(self._shown.model_copy(update={"progress": progress}))


def _with(step: ShownStep, line: str) -> ShownStep:
    return step.model_copy(update={"title": f"{step.title}: {line}"})
