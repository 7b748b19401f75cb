"""How often in a row an activity has failed in the same way: some failures are not tried for ever.

Temporal keeps no such count. Each attempt that fails hands it on to the next one, with its last heartbeat. After a kill
the count begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import final, has_failed_often

_OWN = 3  # details that are this module's


def bounded(error: ApplicationError) -> ApplicationError:
    """The error with which this attempt is to fail: a final one, if it has failed like this often enough."""
    code = error.type or ""
    return final(code, error.message) if has_failed_often(code, _times(code)) else error


def hand_on(error: ApplicationError, *details: Any) -> None:
    """Tells the next attempt how this one fails, and the `details`, which may be whatever Temporal can store."""
    code = error.type or ""
    activity.heartbeat(activity.info().attempt, code, _times(code), *details)


def handed_on() -> Sequence[Any]:
    """The details that the attempt before has handed on; empty if there are none."""
    return _before()[_OWN:]


def _times(code: str) -> int:
    """How many attempts in a row have failed with this code, if this one does, too."""
    before = _before()
    return 1 + (before[2] if before and before[1] == code else 0)


def _before() -> Sequence[Any]:
    """What the attempt before has handed on: its number, code and count, and the details; empty after a kill."""
    info = activity.info()
    details = info.heartbeat_details
    is_whole = len(details) >= _OWN and isinstance(details[2], int)  # release 0.2 handed on other things
    return details if is_whole and details[0] == info.attempt - 1 else ()
