"""What a turn costs in Temporal: events and bytes of history, and billed actions.

What is billed: https://docs.temporal.io/cloud/actions
"""

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
# Each of these events is one action. Workflow tasks and changes of a memo cost nothing.
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
    """`carried` are the bytes that a continue-as-new copies: they grow with the conversation, but come rarely."""

    events: int
    bytes: int
    actions: int
    carried: int = 0


async def turn_costs(client: Client, workflow_id: str) -> list[TurnCost]:
    """The costs of each turn of a workflow, over all its runs; a workflow that gets no messages is one turn."""
    return [cost(events) for events in turns(await _events(client, workflow_id))]


def turns(events: Iterable[HistoryEvent]) -> list[list[HistoryEvent]]:
    """The events of each turn: a turn begins where a message arrives. Without any message, all events are one turn."""
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
    """The costs of one turn with these events."""
    carrying = [event for event in events if _carries(event)]
    return TurnCost(
        events=len(events),
        bytes=sum(event.ByteSize() for event in events if not _carries(event)),
        actions=sum(map(_actions, events)) - _started_by_signal(events),
        carried=sum(event.ByteSize() for event in carrying),
    )


def _actions(event: HistoryEvent) -> int:
    """The actions of one event. Each retry is an action too; history holds only the number of the last attempt."""
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
        return event.activity_task_started_event_attributes.attempt - 1
    return int(event.event_type in _ONE_ACTION)


def _started_by_signal(events: Sequence[HistoryEvent]) -> int:
    """How many signals started the workflow: signal-with-start is one action, but two events in a row."""
    kinds = [event.event_type for event in events]
    return sum(pair == (STARTED, SIGNALED) for pair in pairwise(kinds))


def _is_message(event: HistoryEvent) -> bool:
    is_signal = event.event_type == SIGNALED
    return is_signal and event.workflow_execution_signaled_event_attributes.signal_name == USER_MESSAGE


def _carries(event: HistoryEvent) -> bool:
    """Whether the event belongs to a continue-as-new: the end of a run, or the start of the next one."""
    if event.event_type == CONTINUED:
        return True
    continued = event.workflow_execution_started_event_attributes.continued_execution_run_id
    return event.event_type == STARTED and bool(continued)


async def _events(client: Client, workflow_id: str) -> list[HistoryEvent]:
    """The events of all runs, read from the last run backwards to the first one."""
    events: list[HistoryEvent] = []
    run_id: str | None = None
    while run_id != "":
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        events[:0] = history.events
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return events
