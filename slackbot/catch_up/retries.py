"""Retries of calls of Slack and Temporal, for work that nobody is waiting for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from process.slack_errors import retry_after
from slackbot.connection.backoff import Backoff
from slackbot.connection.call_errors import CALL_ERRORS, may_pass

LONGEST_PAUSE = 60.0  # seconds
Value = TypeVar("Value")
logger = logging.getLogger(__name__)


async def with_retries(call: Callable[[], Awaitable[Value]]) -> Value:
    """Calls until it succeeds, with growing pauses or those that Slack asks for.

    Raises SlackApiError if Slack would refuse the call again.
    """
    backoff = Backoff(longest=LONGEST_PAUSE)
    while True:
        try:
            return await call()
        except CALL_ERRORS as error:
            if not may_pass(error):
                raise
            pause = backoff.next(retry_after(error))
            logger.info("waiting to try again", extra={"reason": type(error).__name__, "seconds": round(pause, 1)})
        await asyncio.sleep(pause)
