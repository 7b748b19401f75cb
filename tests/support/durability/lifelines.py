"""What Temporal has kept of a conversation, over the whole chain of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from agent_worker.payloads.activity_names import ActivityName

# A message that arrives while a run ends: Temporal refuses the end and lets the workflow look again. That is no defect.
LOOK_AGAIN = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
# More than 2 MB (or 100 events) arrive during one workflow task: Temporal ends it to store them. No defect either.
MAKE_ROOM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND
# On a busy machine the worker may get no processor for two seconds. Then temporalio takes the workflow for blocked, and
# Temporal gives the same task out again.
STALLED = "[TMPRL1101]"
CARRYING = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
)


@dataclass(frozen=True)
class Lifeline:
    """The runs of one conversation, oldest first."""

    runs: Sequence[WorkflowHistory]

    @classmethod
    async def of(cls, client: Client, workflow_id: str) -> Self:
        """Read backwards, from the present run to the one that continued nobody."""
        runs: list[WorkflowHistory] = []
        run_id: str | None = None
        while run_id != "":
            handle = client.get_workflow_handle(workflow_id, run_id=run_id)
            runs.insert(0, await handle.fetch_history())
            run_id = _started(runs[0]).continued_execution_run_id
        return cls(runs)

    @property
    def events(self) -> Iterator[HistoryEvent]:
        for run in self.runs:
            yield from run.events

    @property
    def continuations(self) -> int:
        return len(self.runs) - 1

    @property
    def carried_bytes(self) -> list[int]:
        """What each continuation carried over."""
        return [_started(run).input.ByteSize() for run in self.runs[1:]]

    @property
    def failed_tasks(self) -> list[str]:
        """Workflow tasks that failed by a defect, or because a payload was too large: there may be none."""
        failures = [_failure(event) for event in self._failures if _cause(event) not in {LOOK_AGAIN, MAKE_ROOM}]
        return [failure for failure in failures if STALLED not in failure]

    @property
    def second_looks(self) -> int:
        """How often a message arrived at the very moment at which a run was about to end."""
        return sum(_cause(event) == LOOK_AGAIN for event in self._failures)

    @property
    def _failures(self) -> list[HistoryEvent]:
        return [event for event in self.events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]

    @property
    def turn_bytes(self) -> list[int]:
        """What each turn has added, from the delivery before to its own; what runs carry over is not in it."""
        costs = [0]
        for event in self.events:
            if event.event_type not in CARRYING:
                costs[-1] += event.ByteSize()
            if event.activity_task_scheduled_event_attributes.activity_type.name == ActivityName.DELIVER:
                costs.append(0)
        return costs[:-1]


def _started(run: WorkflowHistory) -> Any:
    return run.events[0].workflow_execution_started_event_attributes


def _cause(event: HistoryEvent) -> int:
    return event.workflow_task_failed_event_attributes.cause


def _failure(event: HistoryEvent) -> str:
    attributes = event.workflow_task_failed_event_attributes
    return f"{WorkflowTaskFailedCause.Name(attributes.cause)}: {attributes.failure.message}"
