"""One step of a run, found in the run's history: what it was given, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from playground.page.inside import descriptions

# The events that begin a step with something to show, and where its payloads are.
_BEGINS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: lambda told: told.input.payloads,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: lambda told: told.input.payloads,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: lambda told: told.input.payloads,
}
_ENDS = (
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
)


@dataclass(frozen=True)
class RecordedStep:
    """`activity` is the activity's type and `activity_id` its id in the run; both are "" for what is no activity.

    `given` are the arguments. `returned` is None as long as there is no result. Times are in seconds since 1970.
    """

    began: float
    given: Sequence[Any] = ()
    activity: str = ""
    activity_id: str = ""
    returned: Any = None
    ended: float | None = None
    unreadable: bool = False  # something of it is no JSON


def begins_with_content(event_type: EventType.ValueType) -> bool:
    """Whether an event of this type begins a step that can be opened."""
    return event_type in _BEGINS


def recorded_step(events: Iterable[HistoryEvent], event_id: int) -> RecordedStep | None:
    """The step that begins with this event; None if there is no such step, or nothing in it."""
    found: RecordedStep | None = None
    for event in events:
        told: Any = getattr(event, str(event.WhichOneof("attributes")), None)
        if event.event_id == event_id:
            if event.event_type not in _BEGINS:
                return None
            found = _begun(event, told)
        elif found is not None and getattr(told, "scheduled_event_id", None) == event_id:
            found = _gone_on(found, event, told)
    return found


def _begun(event: HistoryEvent, told: Any) -> RecordedStep:
    given, unreadable = _decoded(_BEGINS[event.event_type](told))
    began = descriptions.seconds(event.event_time)
    if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        return RecordedStep(began, given, ended=began, unreadable=unreadable)
    return RecordedStep(began, given, told.activity_type.name, told.activity_id, unreadable=unreadable)


def _gone_on(step: RecordedStep, event: HistoryEvent, told: Any) -> RecordedStep:
    ended = descriptions.seconds(event.event_time)
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        results, unreadable = _decoded(told.result.payloads)
        returned = results[0] if results else None
        return replace(step, returned=returned, ended=ended, unreadable=step.unreadable or unreadable)
    return replace(step, ended=ended) if event.event_type in _ENDS else step


def _decoded(payloads: Sequence[Payload]) -> tuple[list[Any], bool]:
    """The values, and whether some of them are no JSON: these are None."""
    values = [descriptions.decoded(payload) for payload in payloads]
    unread = any(
        value is None and payload.data not in (b"", b"null") for value, payload in zip(values, payloads, strict=True)
    )
    return values, unread
