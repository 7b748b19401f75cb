"""Promises of what a turn costs in Temporal: histories are cut into turns, and billed as Temporal Cloud bills."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import (
    ActivityTaskStartedEventAttributes,
    HistoryEvent,
    WorkflowExecutionSignaledEventAttributes,
)

from benchmarks.measurements.temporal_costs import TurnCost, cost, turns
from tests.durability import record


def costs_of(shape: str) -> list[TurnCost]:
    history = record.read(record.DIRECTORY / f"0.2.0.{shape}.json.gz")
    return [cost(events) for events in turns(history.events)]


@pytest.mark.parametrize(
    ("shape", "actions"),
    [
        ("haiku", [5, 3]),  # signal-with-start, open, ask, deliver, timer; then signal, ask, deliver
        ("three_tool_chain", [12]),  # signal-with-start, open, four asks, three tools, one display, deliver, timer
        ("steered", [5, 5]),
        ("continued_as_new_2", [4]),  # a continuation is an action; then open, ask, deliver
    ],
)
def test_a_recorded_conversation_is_billed_turn_by_turn(shape: str, actions: Sequence[int]) -> None:
    assert [turn.actions for turn in costs_of(shape)] == actions


def test_what_a_continuation_carries_is_told_apart_from_what_its_turns_add() -> None:
    (turn,) = costs_of("continued_as_new_2")

    assert turn.carried > 1_000
    assert costs_of("haiku")[0].carried == 0


def test_no_event_and_no_byte_is_lost_between_turns() -> None:
    history = record.read(record.DIRECTORY / "0.2.0.continued_as_new_1.json.gz")
    costs = [cost(events) for events in turns(history.events)]

    assert sum(turn.events for turn in costs) == len(history.events)
    assert sum(turn.bytes + turn.carried for turn in costs) == sum(event.ByteSize() for event in history.events)


def test_each_retry_is_an_action_more() -> None:
    scheduled = HistoryEvent(event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    third = HistoryEvent(
        event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        activity_task_started_event_attributes=ActivityTaskStartedEventAttributes(attempt=3),
    )

    assert cost([scheduled, third]).actions == 3


def test_a_signal_that_starts_is_one_action_and_a_later_one_is_another() -> None:
    started = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    signal = HistoryEvent(
        event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        workflow_execution_signaled_event_attributes=WorkflowExecutionSignaledEventAttributes(signal_name="stop"),
    )

    assert cost([started, signal]).actions == 1
    assert cost([started, signal, signal]).actions == 2
