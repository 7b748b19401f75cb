"""How often in a row an activity has failed in the same way: some failures are not tried for ever.

Temporal keeps no such count. Each attempt that fails hands it on to the next one, with its last heartbeat. An attempt
that may be killed, or that holds up its worker, says so beforehand: each of its heartbeats tells that it has died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import DIED, fail_alike, final, has_failed_often

_OWN = 3  # details that are this module's: the number of the attempt, its code, and how many have failed alike
_SENT = 0.01  # seconds in which a heartbeat leaves the event loop


class _Attempt:
    """The attempt that is being made. Its tasks share it."""

    is_handed_on = False


_attempt: ContextVar[_Attempt | None] = ContextVar("_attempt", default=None)


async def begin() -> None:
    """To be called first in each attempt. Raises a final error if too many attempts before have died.

    A first attempt needs no call of Temporal for this.
    """
    _attempt.set(_Attempt())
    if activity.info().attempt == 1:
        return
    before = _before()
    if before and before[1] == DIED and has_failed_often(DIED, before[2]):
        raise final(DIED, "the attempts before have died")
    beat()
    await asyncio.sleep(_SENT)


def beat() -> None:
    """A heartbeat. Should it be the last one of this attempt, the next attempt knows that this one has died."""
    attempt = _attempt.get()
    if attempt is None or not attempt.is_handed_on:
        activity.heartbeat(activity.info().attempt, DIED, _times(DIED))


def bounded(error: ApplicationError) -> ApplicationError:
    """The error with which this attempt is to fail: a final one, if it has failed like this often enough."""
    code = error.type or ""
    return final(code, error.message) if has_failed_often(code, _times(code)) else error


def hand_on(error: ApplicationError, *details: Any) -> None:
    """Tells the next attempt how this one fails, and the `details`, which may be whatever Temporal can store.

    Only the first call in an attempt counts.
    """
    attempt = _attempt.get()
    if attempt is not None and attempt.is_handed_on:
        return
    if attempt is not None:
        attempt.is_handed_on = True
    code = error.type or ""
    activity.heartbeat(activity.info().attempt, code, _times(code), *details)


def handed_on() -> Sequence[Any]:
    """The details that the attempt before has handed on; empty if there are none."""
    return _before()[_OWN:]


def _times(code: str) -> int:
    """How many attempts in a row have failed like this one, if it fails with this code."""
    before = _before()
    return 1 + (before[2] if before and fail_alike(code, str(before[1])) else 0)


def _before() -> Sequence[Any]:
    """What the attempt before has handed on: its number, code and count, and the details; empty if it is not known."""
    info = activity.info()
    details = info.heartbeat_details
    is_whole = len(details) >= _OWN and isinstance(details[2], int)  # release 0.2 handed on other things
    return details if is_whole and details[0] == info.attempt - 1 else ()
