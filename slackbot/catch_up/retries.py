"""Retries of calls of Slack and Temporal, for work that nobody is waiting for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from process.slack_errors import retry_after
from slackbot.connection.backoff import Backoff
from slackbot.conversations.call_errors import CALL_ERRORS, is_rate_limit, may_pass

LONGEST_PAUSE = 60.0  # seconds
MOST_FAILURES = 4  # of one call while the service answers other calls
Value = TypeVar("Value")
Call = Callable[[], Awaitable[Value]]
logger = logging.getLogger(__name__)


class StandsInTheWayError(Exception):
    """A call fails again and again although the service is there: whatever waits behind it goes first."""


async def with_retries(call: Call[Value], *, proof: Call[object] | None = None) -> Value:
    """Calls until it succeeds, with growing pauses or those that Slack asks for.

    Raises the error if the same call would be refused again. `proof` is a call that succeeds while the service is
    there. If it does after MOST_FAILURES failures of `call`, raises StandsInTheWayError.
    """
    backoff = Backoff(longest=LONGEST_PAUSE)
    failures = 0
    while True:
        try:
            return await call()
        except CALL_ERRORS as error:
            if not may_pass(error):
                raise
            is_there = proof is not None and not is_rate_limit(error) and await _succeeds(proof)
            failures += is_there
            if failures >= MOST_FAILURES:
                raise StandsInTheWayError(type(error).__name__) from error
            pause = backoff.next(retry_after(error))
            logger.info("waiting to try again", extra={"reason": type(error).__name__, "seconds": round(pause, 1)})
        await asyncio.sleep(pause)


async def _succeeds(call: Call[object]) -> bool:
    try:
        await call()
    except CALL_ERRORS:
        return False
    return True
