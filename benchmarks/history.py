"""What Temporal keeps of each turn, and what it bills for it (https://docs.temporal.io/cloud/actions)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from agent_worker.contract.names import USER_MESSAGE

STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
CONTINUED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
# One action each. Workflow tasks, and the properties that a memo is, cost nothing.
_ONE_ACTION = {
    STARTED,
    SIGNALED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
}


@dataclass(frozen=True)
class TurnCost:
    """`carried` are the bytes that a continuation takes along: they grow with the conversation, and come rarely."""

    events: int
    bytes: int
    actions: int
    carried: int = 0


async def turn_costs(client: Client, workflow_id: str) -> list[TurnCost]:
    """Of each turn of a conversation, over all runs of its workflow; or of the one turn that is its workflow."""
    return [cost(events) for events in turns(await _events(client, workflow_id))]


def turns(events: Iterable[HistoryEvent]) -> list[list[HistoryEvent]]:
    """Cut where a message arrives. A workflow that is sent no messages is one turn."""
    parts: list[list[HistoryEvent]] = [[]]
    has_begun = False
    for event in events:
        if _is_message(event):
            if has_begun:
                parts.append([])
            has_begun = True
        parts[-1].append(event)
    return parts


def cost(events: Sequence[HistoryEvent]) -> TurnCost:
    carrying = [event for event in events if _carries(event)]
    return TurnCost(
        events=len(events),
        bytes=sum(event.ByteSize() for event in events if not _carries(event)),
        actions=sum(map(_actions, events)) - _started_by_signal(events),
        carried=sum(event.ByteSize() for event in carrying),
    )


def _actions(event: HistoryEvent) -> int:
    """A retry is an action too, and history says only with which attempt a step began for the last time."""
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
        return event.activity_task_started_event_attributes.attempt - 1
    return int(event.event_type in _ONE_ACTION)


def _started_by_signal(events: Sequence[HistoryEvent]) -> int:
    """Signal-with-start is one action, also where it starts: then nothing stands between start and signal."""
    kinds = [event.event_type for event in events]
    return sum(pair == (STARTED, SIGNALED) for pair in pairwise(kinds))


def _is_message(event: HistoryEvent) -> bool:
    is_signal = event.event_type == SIGNALED
    return is_signal and event.workflow_execution_signaled_event_attributes.signal_name == USER_MESSAGE


def _carries(event: HistoryEvent) -> bool:
    """Whether the event belongs to a continuation."""
    if event.event_type == CONTINUED:
        return True
    continued = event.workflow_execution_started_event_attributes.continued_execution_run_id
    return event.event_type == STARTED and bool(continued)


async def _events(client: Client, workflow_id: str) -> list[HistoryEvent]:
    """Read backwards, from the present run to the one that continued nobody."""
    events: list[HistoryEvent] = []
    run_id: str | None = None
    while run_id != "":
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        events[:0] = history.events
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return events
