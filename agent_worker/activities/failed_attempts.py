"""How often an activity has failed in the same way: some failures are not tried for ever.

Temporal keeps no such counts. Each attempt that fails hands them on to the next, with its last heartbeat. An attempt
that may be killed, or that holds up its worker, says so beforehand: each of its heartbeats tells that it has died.
Failures for which nobody else is to blame are counted in a row, and together; all others whatever happens in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import DIED, fail_alike, final, has_failed_often

_OWN = 3  # details that are this module's: the number of the attempt, its code, and the counts by code
_CARRIED = "carried"  # beside these three: what an attempt that tells nothing of itself has got from those before
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
    if before and before[1] == DIED and has_failed_often(DIED, before[2].get(DIED, 0)):
        raise final(DIED, "the attempts before have died")
    beat()
    await asyncio.sleep(_SENT)


def beat() -> None:
    """A heartbeat. Should it be the last one of this attempt, the next attempt knows that this one has died."""
    attempt = _attempt.get()
    if attempt is None or not attempt.is_handed_on:
        activity.heartbeat(activity.info().attempt, DIED, _counts(DIED), *_passed_on())


def bounded(error: ApplicationError) -> ApplicationError:
    """The error with which this attempt is to fail: a final one, if it has failed like this often enough."""
    code = error.type or ""
    return final(code, error.message) if has_failed_often(code, _counts(code)[_counted_as(code)]) else error


def hand_on(error: ApplicationError, *details: Any) -> None:
    """Tells the next attempt how this one fails, and the `details`, which may be whatever Temporal can store.

    Only the first call in an attempt counts. Without details, the last one that an attempt before has handed on goes
    to the next one (see `carried`).
    """
    attempt = _attempt.get()
    if attempt is not None and attempt.is_handed_on:
        return
    if attempt is not None:
        attempt.is_handed_on = True
    code = error.type or ""
    activity.heartbeat(activity.info().attempt, code, _counts(code), *(details or _passed_on()))


def has_died() -> bool:
    """Whether there was an attempt before this one of which nobody knows how it has ended."""
    return activity.info().attempt > 1 and (not _before() or _before()[1] == DIED)


def handed_on() -> Sequence[Any]:
    """The details that the attempt before has handed on; empty if there are none."""
    details = _before()[_OWN:]
    return () if _is_passed_on(details) else details


def carried() -> Any:
    """The last detail that any attempt before has handed on, also if later ones have died or failed without a word.

    None if there is none.
    """
    details = _told()[_OWN:]
    return details[-1][_CARRIED] if _is_passed_on(details) else next(reversed(details), None)


def _passed_on() -> Sequence[Any]:
    last = carried()
    return [] if last is None else [{_CARRIED: last}]


def _is_passed_on(details: Sequence[Any]) -> bool:
    return len(details) == 1 and isinstance(details[0], dict) and details[0].keys() == {_CARRIED}


def _counts(code: str) -> Mapping[str, int]:
    """How many attempts have failed, by code, if this one fails with `code`."""
    counts = dict(_told()[2]) if _told() else {}
    if not _before() or _counted_as(code) != DIED:
        counts.pop(DIED, None)  # these are counted in a row
    return {**counts, _counted_as(code): counts.get(_counted_as(code), 0) + 1}


def _counted_as(code: str) -> str:
    return DIED if fail_alike(code, DIED) else code


def _before() -> Sequence[Any]:
    """What the attempt before has handed on: its number, code, counts and the details; empty if it is not known."""
    told = _told()
    return told if told and told[0] == activity.info().attempt - 1 else ()


def _told() -> Sequence[Any]:
    """The same of the newest attempt that has handed anything on. Release 0.2 handed on other things."""
    details = activity.info().heartbeat_details
    counts = details[2] if len(details) >= _OWN else None
    is_ours = isinstance(counts, dict) and all(isinstance(count, int) for count in counts.values())
    return details if is_ours else ()
