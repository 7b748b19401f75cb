"""How often an activity has failed in the same way: some failures are not tried for ever.

Temporal keeps no such count. Each attempt that fails hands it on to the next one, with its last heartbeat. The attempts
between them that are killed keep it, because their heartbeats carry it on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import final, has_failed_often

_OWN = 2  # details that are this module's: the attempt's number, and how often the activity has failed, by code


def bounded(error: ApplicationError) -> ApplicationError:
    """The error with which this attempt is to fail: a final one, if it has failed like this often enough."""
    code = error.type or ""
    return final(code, error.message) if has_failed_often(code, _failures(code)[code]) else error


def hand_on(error: ApplicationError, *details: Any) -> None:
    """Tells the next attempt how this one fails, and the `details`, which may be whatever Temporal can store."""
    activity.heartbeat(activity.info().attempt, _failures(error.type or ""), *details)


def handed_on() -> Sequence[Any]:
    """The details that the attempt before has handed on; empty if there are none, and after a kill."""
    info = activity.info()
    details = info.heartbeat_details
    return details[_OWN:] if _counts(details) is not None and details[0] == info.attempt - 1 else ()


def keep() -> None:
    """Heartbeats with what was handed on to this attempt, so that a kill does not lose it."""
    activity.heartbeat(*activity.info().heartbeat_details)


def _failures(code: str) -> dict[str, int]:
    """How many attempts have failed, by code, if this one fails with `code`."""
    before = _counts(activity.info().heartbeat_details) or {}
    return {**before, code: before.get(code, 0) + 1}


def _counts(details: Sequence[Any]) -> Mapping[str, int] | None:
    """The counts in what was handed on; None if it has none. Release 0.2 handed on other things."""
    counts = details[1] if len(details) >= _OWN else None
    is_ours = isinstance(counts, dict) and all(isinstance(count, int) for count in counts.values())
    return counts if is_ours else None
