"""What Temporal's history says was done, against what Gemini and the tools have seen: was a finished step repeated?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.support.durability.answering import TOOL, questions_in
from tests.support.durability.crowd import Conversation
from tests.support.durability.matrix import ASK
from tests.support.durability.stage import BreakableStage

MOST_TRIES = 5  # of a step that was stopped between two attempts: history does not tell how many there were


@dataclass(frozen=True)
class Attempts:
    """A conversation's history: `asked` model calls, `looked_up` by address; `tries` is what was attempted of each."""

    asked: int
    ask_tries: int
    looked_up: Counter[str]
    look_up_tries: Counter[str]


async def attempts_of(conversation: Conversation) -> Attempts:
    """Reads the history; a step that was tried again says so in the attempt it was finished with."""
    handle = await conversation.stage.workflow(conversation.ts, conversation.channel)
    events = (await handle.fetch_history()).events
    given_up = {
        event.activity_task_canceled_event_attributes.scheduled_event_id
        for event in events
        if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED)
    }
    scheduled = {event.event_id: event for event in events if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)}
    started_steps: set[int] = set()
    asked = ask_tries = 0
    looked_up: Counter[str] = Counter()
    look_up_tries: Counter[str] = Counter()
    for event in events:
        if not _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED):
            continue
        started = event.activity_task_started_event_attributes
        started_steps.add(started.scheduled_event_id)
        step = scheduled[started.scheduled_event_id].activity_task_scheduled_event_attributes
        if step.activity_type.name == ASK:
            asked += started.scheduled_event_id not in given_up  # what was stopped may not have got to Gemini
            ask_tries += started.attempt
        elif step.activity_type.name == TOOL:
            address = _address(scheduled[started.scheduled_event_id])
            looked_up[address] += 1
            look_up_tries[address] += started.attempt
    unfinished = [step for number, step in scheduled.items() if number not in started_steps]
    ask_tries += MOST_TRIES * sum(_name(step) == ASK for step in unfinished)
    look_up_tries.update({_address(step): MOST_TRIES for step in unfinished if _name(step) == TOOL})
    return Attempts(asked, ask_tries, looked_up, look_up_tries)


class Seen:
    """All requests that the model and the tool have received, sorted by conversation once."""

    def __init__(self, stage: BreakableStage) -> None:
        self._requests: dict[str, list[str]] = {}
        for request in stage.gemini.requests:
            contents = json.dumps(request.contents)
            names = [question.name for question in questions_in(contents)]
            for name in set(names):
                self._requests.setdefault(name, []).append(contents)
        self._look_ups = Counter(call.path.removeprefix("/") for call in stage.world.calls_to("geolocation"))

    async def repeated(self, conversation: Conversation) -> int:
        """How many finished steps were done again: asked again by the workflow, or more often than it was tried."""
        attempts = await attempts_of(conversation)
        requests = self._requests.get(conversation.asked[0].name, [])
        repeated = max(0, attempts.asked - len(set(requests))) + max(0, len(requests) - attempts.ask_tries)
        addresses = [address for question in conversation.asked for address in question.addresses]
        again = [max(0, attempts.looked_up[address] - 1) for address in addresses]
        too_often = [max(0, self._look_ups[address] - attempts.look_up_tries[address]) for address in addresses]
        return repeated + sum(again) + sum(too_often)


def _name(scheduled: HistoryEvent) -> str:
    return scheduled.activity_task_scheduled_event_attributes.activity_type.name


def _address(scheduled: HistoryEvent) -> str:
    """What a tool was asked to look up."""
    return str(json.loads(scheduled.activity_task_scheduled_event_attributes.input.payloads[0].data)["ipaddress"])


def _is(event: HistoryEvent, kind: EventType.ValueType) -> bool:
    return event.event_type == kind
