"""Which questions a run that is ended leaves without an answer, as its history shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import PayloadConverter

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange, StopRequest, UserMessage
from agent_worker.contract.names import MESSAGE_CHANGED, STOP, USER_MESSAGE
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.thread import Deliver


class Questions:
    """Reads a run's events in their order."""

    def __init__(self) -> None:
        self._converter: PayloadConverter = DATA_CONVERTER.payload_converter
        self._asked: dict[str, UserMessage] = {}
        self._delivering: dict[int, list[str]] = {}  # the `ts` of the answered messages, by the event of the delivery

    def read(self, events: Iterable[HistoryEvent]) -> list[UserMessage]:
        """The messages to the agent that nobody has answered, stopped or deleted, oldest first."""
        for event in events:
            self._read(event)
        return sorted(self._asked.values(), key=lambda message: float(message.ts))

    def _read(self, event: HistoryEvent) -> None:
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                self._begin(event.workflow_execution_started_event_attributes.input.payloads)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                signal = event.workflow_execution_signaled_event_attributes
                self._hear(signal.signal_name, signal.input.payloads)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == ActivityName.DELIVER:
                    self._delivering[event.event_id] = self._value(scheduled.input.payloads, Deliver).answers
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes.scheduled_event_id
                for ts in self._delivering.pop(done, []):
                    self._asked.pop(ts, None)

    def _begin(self, payloads: Any) -> None:
        carried = self._value(payloads, Run).carried
        for message in carried.inbox.messages if carried else []:
            self._ask(message)

    def _hear(self, name: str, payloads: Any) -> None:
        if name == USER_MESSAGE:
            self._ask(self._value(payloads, UserMessage))
        elif name == MESSAGE_CHANGED:
            self._change(self._value(payloads, MessageChange))
        elif name == STOP:
            stopped_at = float(self._value(payloads, StopRequest).at)
            self._asked = {ts: one for ts, one in self._asked.items() if float(ts) >= stopped_at}

    def _ask(self, message: UserMessage) -> None:
        if message.addressed:
            self._asked.setdefault(message.ts, message)

    def _change(self, change: MessageChange) -> None:
        known = self._asked.pop(change.ts, None)
        if known is not None and not change.deleted:
            self._asked[change.ts] = known.model_copy(update=change.content)

    def _value(self, payloads: Any, kind: Any) -> Any:
        (value,) = self._converter.from_payloads(payloads, [kind])
        return value
