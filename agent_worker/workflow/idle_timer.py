"""When a conversation that nobody writes to closes. One timer at a time (docs/decisions/0004-one-idle-timer.md)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow


class IdleTimer:
    """Counts from the last message. It keeps running through the turns: a timer for each turn would be billed."""

    def __init__(self) -> None:
        self._last_heard = workflow.now()
        self._alarm: asyncio.Task[None] | None = None

    def begin_again(self) -> None:
        """Somebody has written: the time counts from now on."""
        self._last_heard = workflow.now()

    def start(self, idle: timedelta) -> None:
        """Makes sure that a timer runs; one that is running already may ring too early."""
        if self._alarm is None or self._alarm.done():
            seconds = (self._closes_at(idle) - workflow.now()).total_seconds()
            self._alarm = asyncio.create_task(workflow.sleep(max(seconds, 1)))

    @property
    def rings(self) -> bool:
        return self._alarm is not None and self._alarm.done()

    def is_over(self, idle: timedelta) -> bool:
        """Whether nobody has written for this long."""
        return workflow.now() >= self._closes_at(idle)

    def _closes_at(self, idle: timedelta) -> datetime:
        return self._last_heard + idle
