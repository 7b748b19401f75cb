"""Calls of Slack and Temporal that wait until they come back, instead of failing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from process.slack_errors import retry_after
from slackbot.connection.backoff import Backoff
from slackbot.connection.unreachable import UNREACHABLE, will_pass

LONGEST_PAUSE = 60.0  # seconds
Value = TypeVar("Value")
logger = logging.getLogger(__name__)


async def patiently(call: Callable[[], Awaitable[Value]]) -> Value:
    """Calls again until it succeeds, and not before Slack wants it; raises SlackApiError where waiting is no use."""
    backoff = Backoff(longest=LONGEST_PAUSE)
    while True:
        try:
            return await call()
        except UNREACHABLE as error:
            if not will_pass(error):
                raise
            pause = backoff.next(retry_after(error))
            logger.info("waiting to try again", extra={"reason": type(error).__name__, "seconds": round(pause, 1)})
        await asyncio.sleep(pause)
