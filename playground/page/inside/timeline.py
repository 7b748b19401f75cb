"""The timeline of a workflow run, made from its history and from what is pending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from temporalio.api.enums.v1 import EventType, PendingActivityState, PendingWorkflowTaskState, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo, PendingWorkflowTaskInfo

from agent_worker.contract.names import USER_MESSAGE
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.model import MODEL_CALL_FAILS
from playground.page.inside import descriptions
from playground.page.inside.descriptions import Kind, Line
from playground.page.inside.recorded_step import begins_with_content

State = Literal["running", "retrying", "done", "failed", "cancelled"]
# Failures of a workflow task that are defects of the code. All others are part of how Temporal works.
_DEFECTS = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
)
_WAIT_SECONDS = 1.0  # a worker that is there begins a task sooner than this


@dataclass
class Step:
    """One line of the timeline. Times are in seconds since 1970; `error` says why the last attempt failed.

    `asked` and `returned` are the arguments of a tool call and its result. `opens`: there is more to see of it.
    """

    id: str
    kind: Kind
    title: str
    started: float
    state: State = "running"
    ended: float | None = None
    attempts: int = 1
    error: str = ""
    worker: str = ""
    asked: str = ""
    returned: str = ""
    opens: bool = False


class Timeline:
    """First `read` the events in their order, then add what is `pending`. `steps` are in the order of their start."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._by_event: dict[int, Step] = {}
        self._activities: dict[str, Step] = {}
        self._delivered: set[Any] = set()  # the `ts` of messages that the bot has delivered
        self._worker = ""  # the identity of the worker that has the run
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
        """Adds what the history does not hold: failed attempts of running activities, a task that no worker took."""
        for activity in running:
            step = self._activities.get(activity.activity_id)
            if step is not None and step.ended is None:
                self._show_attempts(step, activity, now)
        if task is None or task.state != PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED:
            return
        if now - descriptions.seconds(task.scheduled_time) > _WAIT_SECONDS:
            since = descriptions.seconds(task.original_scheduled_time)
            self._by_event[-1] = Step("task", "run", "Waits for a worker", since, attempts=max(1, task.attempt))

    def _show_attempts(self, step: Step, activity: PendingActivityInfo, now: float) -> None:
        step.attempts = max(1, activity.attempt)
        step.worker = descriptions.worker(activity.last_worker_identity)
        step.error = descriptions.reason(activity.last_failure)
        if step.attempts > 1:
            step.state = "retrying"
        is_waiting = activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        due = max(
            descriptions.seconds(activity.scheduled_time), descriptions.seconds(activity.next_attempt_schedule_time)
        )
        if is_waiting and not step.error and now - due > _WAIT_SECONDS:
            step.error = "no worker has begun it yet"

    # One function for each kind of event. `attributes` are Temporal's attributes of the event.

    def _note(self, event: HistoryEvent, kind: Kind, title: str, state: State | None = "done", error: str = "") -> Step:
        """Adds a line that begins with this event. It also ends with it, unless `state` is None: then it is running."""
        began, opens = descriptions.seconds(event.event_time), begins_with_content(event.event_type)
        step = Step(str(event.event_id), kind, title, began, error=error, opens=opens)
        if state is not None:
            step.state, step.ended = state, step.started
        self._by_event[event.event_id] = step
        return step

    def _began(self, event: HistoryEvent, attributes: Any) -> None:
        is_continued = bool(attributes.continued_execution_run_id)
        self._note(event, "run", "The conversation goes on in a new run" if is_continued else "The conversation begins")

    def _signalled(self, event: HistoryEvent, attributes: Any) -> None:
        sent = descriptions.content(attributes.input.payloads)
        title = descriptions.signalled(attributes.signal_name, sent, self._line)
        if attributes.signal_name == USER_MESSAGE and sent.get("ts") in self._delivered:
            title += ", told again and known already"  # by a bot that looked for messages that it had missed
        elif attributes.signal_name == USER_MESSAGE:
            self._delivered.add(sent.get("ts"))
        # What the worker tells itself begins no turn.
        self._note(event, "run" if attributes.signal_name == MODEL_CALL_FAILS else "signal", title)

    def _scheduled(self, event: HistoryEvent, attributes: Any) -> None:
        name = attributes.activity_type.name
        tool: tuple[Kind, str] = ("tool", descriptions.text(event.user_metadata.summary) or name)
        kind, title = descriptions.begun(name) or tool
        step = self._activities[attributes.activity_id] = self._note(event, kind, title, None)
        if name == ActivityName.DELIVER:
            step.title = descriptions.delivered(descriptions.content(attributes.input.payloads), title)
        if kind == "tool":
            step.asked = descriptions.listed(descriptions.content(attributes.input.payloads))

    def _started(self, _event: HistoryEvent, attributes: Any) -> None:
        """Temporal writes this event when the last attempt has ended. Its failure is that of the attempt before."""
        step = self._by_event[attributes.scheduled_event_id]
        step.attempts, step.worker = max(1, attributes.attempt), descriptions.worker(attributes.identity)
        step.error = descriptions.reason(attributes.last_failure)

    def _completed(self, event: HistoryEvent, attributes: Any) -> None:
        step = self._end(event, attributes.scheduled_event_id, "done")
        if step.kind == "model":
            step.title = descriptions.answered(descriptions.content(attributes.result.payloads))
        elif step.kind == "tool":
            step.returned = descriptions.listed(descriptions.content(attributes.result.payloads))
        elif step.kind == "open":
            step.title = descriptions.opened(descriptions.content(attributes.result.payloads), step.title)

    def _failed(self, event: HistoryEvent, attributes: Any) -> None:
        step = self._end(event, attributes.scheduled_event_id, "failed")
        step.error = descriptions.reason(attributes.failure)

    def _cancelled(self, event: HistoryEvent, attributes: Any) -> None:
        self._end(event, attributes.scheduled_event_id, "cancelled")

    def _end(self, event: HistoryEvent, begun_by: int, state: State) -> Step:
        step = self._by_event[begun_by]
        step.state, step.ended = state, descriptions.seconds(event.event_time)
        return step

    def _timer_started(self, event: HistoryEvent, attributes: Any) -> None:
        span = descriptions.duration(attributes.start_to_fire_timeout.ToTimedelta())
        purpose = descriptions.text(event.user_metadata.summary)
        title = f"{purpose}, for {span} at most" if purpose else f"Closes after {span} of silence"
        self._note(event, "timer", title, None)

    def _timer_fired(self, event: HistoryEvent, attributes: Any) -> None:
        self._end(event, attributes.started_event_id, "done")

    def _timer_cancelled(self, event: HistoryEvent, attributes: Any) -> None:
        self._end(event, attributes.started_event_id, "cancelled")

    def _taken_up(self, event: HistoryEvent, attributes: Any) -> None:
        """A worker has taken up the run. Only a change of the worker is shown."""
        if self._worker not in ("", attributes.identity):
            step = self._note(event, "run", "Another worker takes the conversation over")
            step.worker = descriptions.worker(attributes.identity)
        self._worker = attributes.identity

    def _task_timed_out(self, event: HistoryEvent, _attributes: Any) -> None:
        step = self._note(event, "run", "The worker that had the conversation does not answer", "failed")
        step.worker = descriptions.worker(self._worker)

    def _task_failed(self, event: HistoryEvent, attributes: Any) -> None:
        if attributes.cause in _DEFECTS:
            title, error = "The workflow's code failed and is tried again", attributes.failure.message
            self._note(event, "run", title, "failed", error)

    def _over(self, event: HistoryEvent, _attributes: Any) -> None:
        title, state = _ENDS[event.event_type]
        self._note(event, "run", title, state)


_ENDS: Mapping[EventType.ValueType, tuple[str, State]] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: ("The conversation closes until somebody writes again", "done"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: ("The run gets long: a new one goes on", "done"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: ("The conversation failed", "failed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: ("The conversation took too long", "failed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: ("Somebody terminated the conversation", "cancelled"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: ("Somebody cancelled the conversation", "cancelled"),
}
