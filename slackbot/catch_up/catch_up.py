"""Catching up: what was written while the bot did not listen is found in Slack's history and handed over after all.

Slack repeats what it could not deliver for minutes, and only what it tried to deliver. What it gives up on is found
here, and goes the way of live messages: the same decision, the same hand-over, the same dedupe.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from slack_sdk.errors import SlackApiError

from process.slack_errors import error_code
from slackbot.catch_up.history import History
from slackbot.catch_up.pacing import Pace
from slackbot.catch_up.patience import patiently
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.connection.unreachable import UNREACHABLE
from slackbot.conversations.delivery import Conversations
from slackbot.events.messages import Incoming

MARK_INTERVAL = 300.0  # seconds; what a crash costs is a look at so much more history, and each mark is a billed action
# Slack repeats for six minutes what a bot took and did not acknowledge; only what is older is sure.
OVERLAP = 420.0  # seconds
TURNS_PER_MINUTE = 20  # a turn is some model calls and some posts; Slack takes one post a second in a channel
TURNS_APART = 0.2  # seconds
logger = logging.getLogger(__name__)


class Listening(Protocol):
    """The connection, as far as it matters here."""

    @property
    def last_frame(self) -> float: ...
    async def connected(self) -> None: ...


class CatchUp:
    """`run` looks back after each gap; leaving the `async with` block notes how far the bot has come."""

    def __init__(
        self,
        window: timedelta,
        gaps: Gaps,
        watermark: Watermark,
        history: History,
        conversations: Conversations,
        *,
        listening: Listening,
        pace: Pace | None = None,
    ) -> None:
        self._window = window.total_seconds()
        self._gaps = gaps
        self._watermark = watermark
        self._history = history
        self._conversations = conversations
        self._listening = listening
        self._pace = pace or Pace(TURNS_PER_MINUTE, TURNS_APART)
        self._marked: float | None = None  # None: it is not known yet where the bot has to begin
        self.state = "waiting" if self._window else "off"  # or running, or done

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._marked is not None:
            await self._mark()

    async def run(self) -> None:
        """Never returns, unless catching up is switched off."""
        if not self._window:
            return
        known = await patiently(self._watermark.read)
        if known is None:  # the first start ever: what was written before was written to nobody
            logger.info("first start: nothing to catch up")
            self.state = "done"
        else:
            self._gaps.note(known)
        self._marked = known or 0.0
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._close_gaps())
            tasks.create_task(self._keep_marking())

    async def _close_gaps(self) -> None:
        while True:
            since = await self._gaps.next()
            await self._listening.connected()  # otherwise a new gap would begin where this one ends
            self.state = "running"
            await self._look_back(since)
            self._gaps.closed()
            self.state = "done"
            await self._mark()

    async def _look_back(self, since: float) -> None:
        oldest = max(since - OVERLAP, time.time() - self._window)
        open_threads = await patiently(self._watermark.open_threads)
        written = await self._history.since(oldest, open_threads)
        handed_over = 0
        for incoming in written:
            handed_over += await self._hand_over(incoming)
        logger.info("caught up", extra={"since": round(oldest), "messages": len(written), "handed_over": handed_over})

    async def _hand_over(self, incoming: Incoming) -> bool:
        """Whether it was handed over: not when it was before, and not when it is not for the agent."""
        if self._conversations.has_delivered(incoming):
            return False
        try:
            if incoming.only_if_taking_part:
                if not await patiently(partial(self._conversations.takes_part, incoming.thread)):
                    return False
                incoming = replace(incoming, only_if_taking_part=False)
            await self._pace.turn()
            await patiently(partial(self._conversations.deliver, incoming))
        except SlackApiError as error:
            facts = {"channel": incoming.thread.channel, "ts": incoming.message.ts, "reason": error_code(error)}
            logger.warning("message left out", extra=facts)
            return False
        return True

    async def _keep_marking(self) -> None:
        while True:
            await self._mark()
            await asyncio.sleep(MARK_INTERVAL)

    async def _mark(self) -> None:
        """Notes how far the bot has come. A failure costs nothing but a longer look back next time."""
        sure_until = self._gaps.sure_until(self._listening.last_frame)
        if self._marked is None or sure_until <= self._marked:
            return
        try:
            await self._watermark.move(sure_until)
            self._marked = sure_until
        except UNREACHABLE as error:
            logger.warning("watermark not moved", extra={"reason": type(error).__name__})
