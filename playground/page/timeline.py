"""The steps of a run, from the history that Temporal keeps and from what is pending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from temporalio.api.enums.v1 import EventType, PendingActivityState, PendingWorkflowTaskState, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo, PendingWorkflowTaskInfo

from agent_worker.contract.names import USER_MESSAGE
from playground.page import wording
from playground.page.wording import Kind, Line

State = Literal["running", "retrying", "done", "failed", "cancelled"]
# A workflow task that fails for another reason is part of how Temporal works.
_DEFECTS = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
)
_WAIT_SECONDS = 1.0  # longer than a worker takes to begin what is its turn


@dataclass
class Step:
    """One line of the timeline; times are in seconds since 1970. `error`: why the last attempt failed."""

    id: str
    kind: Kind
    title: str
    started: float
    state: State = "running"
    ended: float | None = None
    attempts: int = 1
    error: str = ""
    worker: str = ""


class Timeline:
    """`read` the events in their order, then say what is `pending`; `steps` are in the order of their beginning."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._by_event: dict[int, Step] = {}
        self._activities: dict[str, Step] = {}
        self._heard: set[Any] = set()  # the `ts` of messages
        self._worker = ""
        self._readers: Mapping[EventType.ValueType, Callable[[HistoryEvent, Any], None]] = {
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: self._began,
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: self._signalled,
            EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: self._scheduled,
            EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: self._started,
            EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: self._completed,
            EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: self._failed,
            EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: self._failed,
            EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED: self._cancelled,
            EventType.EVENT_TYPE_TIMER_STARTED: self._timer_started,
            EventType.EVENT_TYPE_TIMER_FIRED: self._timer_fired,
            EventType.EVENT_TYPE_TIMER_CANCELED: self._timer_cancelled,
            EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED: self._taken_up,
            EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: self._task_timed_out,
            EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: self._task_failed,
            **dict.fromkeys(_ENDS, self._over),
        }

    @property
    def steps(self) -> list[Step]:
        return list(self._by_event.values())

    def read(self, events: Iterable[HistoryEvent]) -> None:
        for event in events:
            read = self._readers.get(event.event_type)
            if read is not None:
                read(event, getattr(event, str(event.WhichOneof("attributes"))))

    def pending(
        self, running: Iterable[PendingActivityInfo], task: PendingWorkflowTaskInfo | None, *, now: float
    ) -> None:
        """What history does not tell: attempts that failed, and what nobody has begun."""
        for activity in running:
            step = self._activities.get(activity.activity_id)
            if step is not None and step.ended is None:
                self._show_attempts(step, activity, now)
        if task is None or task.state != PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED:
            return
        if now - _seconds(task.scheduled_time) > _WAIT_SECONDS:
            since = _seconds(task.original_scheduled_time)
            self._by_event[-1] = Step("task", "run", "Waits for a worker", since, attempts=max(1, task.attempt))

    def _show_attempts(self, step: Step, activity: PendingActivityInfo, now: float) -> None:
        step.attempts = max(1, activity.attempt)
        step.worker = wording.worker(activity.last_worker_identity)
        step.error = wording.reason(activity.last_failure)
        if step.attempts > 1:
            step.state = "retrying"
        is_waiting = activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        due = max(_seconds(activity.scheduled_time), _seconds(activity.next_attempt_schedule_time))
        if is_waiting and not step.error and now - due > _WAIT_SECONDS:
            step.error = "no worker has begun it yet"

    # What the events say

    def _note(self, event: HistoryEvent, kind: Kind, title: str, state: State | None = "done", error: str = "") -> Step:
        """A step that begins with this event; unless it is running it also ends with it."""
        step = Step(str(event.event_id), kind, title, _seconds(event.event_time), error=error)
        if state is not None:
            step.state, step.ended = state, step.started
        self._by_event[event.event_id] = step
        return step

    def _began(self, event: HistoryEvent, told: Any) -> None:
        is_continued = bool(told.continued_execution_run_id)
        self._note(event, "run", "The conversation goes on in a new run" if is_continued else "The conversation begins")

    def _signalled(self, event: HistoryEvent, told: Any) -> None:
        sent = wording.content(told.input.payloads)
        title = wording.signalled(told.signal_name, sent, self._line)
        if told.signal_name == USER_MESSAGE and sent.get("ts") in self._heard:
            title += ", told again and known already"  # by a bot that looked for what it had missed
        elif told.signal_name == USER_MESSAGE:
            self._heard.add(sent.get("ts"))
        self._note(event, "signal", title)

    def _scheduled(self, event: HistoryEvent, told: Any) -> None:
        name = told.activity_type.name
        tool: tuple[Kind, str] = ("tool", wording.text(event.user_metadata.summary) or name)
        kind, title = wording.begun(name) or tool
        self._activities[told.activity_id] = self._note(event, kind, title, None)

    def _started(self, _event: HistoryEvent, told: Any) -> None:
        """Written when the attempt is over; the failure is of the attempt before."""
        step = self._by_event[told.scheduled_event_id]
        step.attempts, step.worker = max(1, told.attempt), wording.worker(told.identity)
        step.error = wording.reason(told.last_failure)

    def _completed(self, event: HistoryEvent, told: Any) -> None:
        step = self._end(event, told.scheduled_event_id, "done")
        result = wording.content(told.result.payloads)
        if step.kind == "model":
            step.title = wording.answered(result)

    def _failed(self, event: HistoryEvent, told: Any) -> None:
        step = self._end(event, told.scheduled_event_id, "failed")
        step.error = wording.reason(told.failure)

    def _cancelled(self, event: HistoryEvent, told: Any) -> None:
        self._end(event, told.scheduled_event_id, "cancelled")

    def _end(self, event: HistoryEvent, begun_by: int, state: State) -> Step:
        step = self._by_event[begun_by]
        step.state, step.ended = state, _seconds(event.event_time)
        return step

    def _timer_started(self, event: HistoryEvent, told: Any) -> None:
        span = wording.duration(told.start_to_fire_timeout.ToTimedelta())
        self._note(event, "timer", f"Closes after {span} of silence", None)

    def _timer_fired(self, event: HistoryEvent, told: Any) -> None:
        self._end(event, told.started_event_id, "done")

    def _timer_cancelled(self, event: HistoryEvent, told: Any) -> None:
        self._end(event, told.started_event_id, "cancelled")

    def _taken_up(self, event: HistoryEvent, told: Any) -> None:
        """A worker has the conversation in its hands; usually the same as before."""
        if self._worker not in ("", told.identity):
            step = self._note(event, "run", "Another worker takes the conversation over")
            step.worker = wording.worker(told.identity)
        self._worker = told.identity

    def _task_timed_out(self, event: HistoryEvent, _told: Any) -> None:
        step = self._note(event, "run", "The worker that had the conversation does not answer", "failed")
        step.worker = wording.worker(self._worker)

    def _task_failed(self, event: HistoryEvent, told: Any) -> None:
        if told.cause in _DEFECTS:
            self._note(event, "run", "The workflow's code failed and is tried again", "failed", told.failure.message)

    def _over(self, event: HistoryEvent, _told: Any) -> None:
        title, state = _ENDS[event.event_type]
        self._note(event, "run", title, state)


def _seconds(time: Any) -> float:
    """Of a protobuf timestamp."""
    return float(time.ToMicroseconds()) / 1_000_000


_ENDS: Mapping[EventType.ValueType, tuple[str, State]] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: ("The conversation closes until somebody writes again", "done"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: ("The run gets long: a new one goes on", "done"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: ("The conversation failed", "failed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: ("The conversation took too long", "failed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: ("Somebody terminated the conversation", "cancelled"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: ("Somebody cancelled the conversation", "cancelled"),
}
