"""Catching up: finds in Slack's history what was written while the bot did not listen, and hands it over.

Slack sends an event again for some minutes, and only if it has tried to deliver it. What Slack has given up on is found
here, and treated like a live message: decided on, handed over and deduplicated by the same code.
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
from slackbot.catch_up.pace import Pace
from slackbot.catch_up.retries import StandsInTheWayError, with_retries
from slackbot.catch_up.slack_history import SlackHistory
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.conversations import Conversations
from slackbot.events.messages import IncomingMessage

# After a crash the bot catches up on so much more history; and each move of the watermark is a billed action.
MARK_INTERVAL = 300.0  # seconds
# Slack sends again for six minutes what a bot received and did not acknowledge, so only what is older is certain. One
# more minute is for a clock of this machine that is ahead of Slack's.
OVERLAP = 420.0  # seconds
TURNS_PER_MINUTE = 20  # a turn is some model calls and some posts; Slack takes one post a second in a channel
TURNS_APART = 0.2  # seconds
# Seconds before a gap is looked through once more because something in it stood in the way; after the last pass, what
# still stands in the way is left out. Meanwhile each new gap is looked through, too.
PAUSES = (10.0, 60.0, 300.0, 900.0)
logger = logging.getLogger(__name__)


class Connection(Protocol):
    """What catching up needs to know of the connection to Slack."""

    @property
    def last_frame(self) -> float: ...
    async def connected(self) -> None: ...


class CatchUp:
    """`run` catches up after each gap and moves the watermark; leaving the `async with` block moves it a last time."""

    def __init__(
        self,
        window: timedelta,
        gaps: Gaps,
        watermark: Watermark,
        history: SlackHistory,
        conversations: Conversations,
        *,
        connection: Connection,
        pace: Pace | None = None,
    ) -> None:
        self._window = window.total_seconds()
        self._gaps = gaps
        self._watermark = watermark
        self._history = history
        self._conversations = conversations
        self._connection = connection
        self._pace = pace or Pace(TURNS_PER_MINUTE, TURNS_APART)
        self._marked: float | None = None  # the watermark as this process knows it; None: not read yet
        self.state = "waiting" if self._window else "off"  # later "running" or "done"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._marked is not None:
            await self._move_watermark()

    async def run(self) -> None:
        """Never returns, unless catching up is switched off."""
        if not self._window:
            return
        watermark = await with_retries(self._watermark.read)
        if watermark is None:  # the first start ever: nobody has written to an agent that was not there
            logger.info("first start: nothing to catch up")
            self.state = "done"
        else:
            self._gaps.open(watermark)
        self._marked = watermark or 0.0
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._close_gaps())
            tasks.create_task(self._keep_marking())

    async def _close_gaps(self) -> None:
        passes = 0  # through the same gap
        while True:
            since = await self._gaps.next()
            await self._connection.connected()  # otherwise the next gap would begin where this one ends
            self.state = "running"
            left = await self._catch_up(since)
            if left and passes < len(PAUSES):
                logger.warning("something is left for later", extra={"left": left, "seconds": PAUSES[passes]})
                passes += not await self._gaps.opens_within(PAUSES[passes])
                self._gaps.open(since)
                continue
            passes = 0
            self._gaps.close()
            self.state = "done"
            await self._move_watermark()

    async def _catch_up(self, since: float) -> int:
        """Hands over what was written since this moment, oldest first; returns how much is left for later.

        What stands in the way is left for later: one channel or message must not hold up the others.
        """
        oldest = max(since - OVERLAP, time.time() - self._window)
        open_threads = await with_retries(self._watermark.open_threads)
        found = await self._history.since(oldest, open_threads)
        handed_over, left = 0, self._history.unread
        for incoming in found:
            try:
                handed_over += await self._hand_over(incoming)
            except StandsInTheWayError as error:
                left += 1
                logger.warning("message left for later", extra=_facts(incoming) | {"reason": str(error)})
        logger.info("caught up", extra={"since": round(oldest), "messages": len(found), "handed_over": handed_over})
        return left

    async def _hand_over(self, incoming: IncomingMessage) -> bool:
        """Whether the message was handed over now: False if it was before, or if it is not for the agent."""
        if self._conversations.has_handed_over(incoming):
            return False
        is_there = self._conversations.reach_temporal
        try:
            if incoming.only_if_taking_part:
                takes_part = partial(self._conversations.takes_part, incoming.thread)
                if not await with_retries(takes_part, proof=is_there):
                    return False
                incoming = replace(incoming, only_if_taking_part=False)
            await self._pace.turn()
            await with_retries(partial(self._conversations.hand_over, incoming), proof=is_there)
        except StandsInTheWayError:
            raise
        except SlackApiError as error:
            logger.warning("message left out", extra=_facts(incoming) | {"reason": error_code(error)})
            return False
        except Exception:
            logger.exception("message left out by a defect", extra=_facts(incoming))
            return False
        return True

    async def _keep_marking(self) -> None:
        while True:
            await self._move_watermark()
            await asyncio.sleep(MARK_INTERVAL)

    async def _move_watermark(self) -> None:
        """Moves the watermark as far as is certain. If that fails, the next start only catches up from earlier."""
        sure_until = self._gaps.sure_until(self._connection.last_frame)
        if self._marked is None or sure_until <= self._marked:
            return
        try:
            await self._watermark.move(sure_until)
            self._marked = sure_until
        except CALL_ERRORS as error:
            logger.warning("watermark not moved", extra={"reason": type(error).__name__})


def _facts(incoming: IncomingMessage) -> dict[str, str]:
    return {"channel": incoming.thread.channel, "ts": incoming.message.ts}
