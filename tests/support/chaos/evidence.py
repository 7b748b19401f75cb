"""What was done, from outside: Temporal's history, and what Gemini, the tools and Slack have seen.

Was a finished step repeated, did a stranger's deed have an effect, was an answer overwritten?
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from agent_worker.contract.names import AGAIN, MEMO_FEEDBACK, MEMO_TITLE
from agent_worker.gemini.prompts import SUMMARISE
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.post_keys import EDITED
from emulators.gemini.request import ModelRequest
from emulators.slack.state.changes import Change
from tests.support.chaos.conversation import GIVEN_UP, Banned, Conversation
from tests.support.chaos.strangers import MARK
from tests.support.durability.answering import HOSTILE_BEGINNING, TOOL, answered_by, questions_in, told_now
from tests.support.durability.matrix import ASK
from tests.support.durability.stage import BreakableStage

SHOW_QUESTION = ActivityName.SHOW_QUESTION.value
ANSWER_BEGINNINGS = ("The ans", HOSTILE_BEGINNING)
# A question's name, where it is asked and where it is answered.
_NAMED = re.compile(r"(?:question|answer to|,) (q\d+)\b")
MOST_TRIES = 5  # of a step that was stopped between two attempts: history does not tell how many there were


@dataclass(frozen=True)
class Attempts:
    """A conversation's history: `asked` model calls, `looked_up` by address; `tries` is what was attempted of each."""

    asked: int
    ask_tries: int
    looked_up: Counter[str]
    look_up_tries: Counter[str]
    again: int = 0  # model calls of another try that somebody has asked for


async def attempts_of(conversation: Conversation) -> Attempts:
    """Reads the history; a step that was tried again says so in the attempt it was finished with."""
    handle = await conversation.stage.workflow(conversation.ts, conversation.channel)
    events = (await handle.fetch_history()).events
    given_up = {
        event.activity_task_canceled_event_attributes.scheduled_event_id
        for event in events
        if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED)
    } | _lost_when_given_up(events)
    scheduled = {event.event_id: event for event in events if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)}
    started_steps: set[int] = set()
    answered = {_told(step)["turn"] for step in scheduled.values() if _name(step) == ASK}
    answered -= {_told(step)["card"]["question"] for step in scheduled.values() if _name(step) == SHOW_QUESTION}
    asked = ask_tries = again = 0
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
            again += is_tried_again(_told(scheduled[started.scheduled_event_id])["turn"], answered)
        elif step.activity_type.name == TOOL:
            address = _address(scheduled[started.scheduled_event_id])
            looked_up[address] += 1
            look_up_tries[address] += started.attempt
    unfinished = [step for number, step in scheduled.items() if number not in started_steps]
    ask_tries += MOST_TRIES * sum(_name(step) == ASK for step in unfinished)
    look_up_tries.update({_address(step): MOST_TRIES for step in unfinished if _name(step) == TOOL})
    return Attempts(asked, ask_tries, looked_up, look_up_tries, again)


def _lost_when_given_up(events: Sequence[HistoryEvent]) -> set[int]:
    """The steps that were given up while their worker was killed, so that nobody could say that they were."""
    cancelled = {
        event.activity_task_cancel_requested_event_attributes.scheduled_event_id
        for event in events
        if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
    }
    timed_out = {
        event.activity_task_timed_out_event_attributes.scheduled_event_id
        for event in events
        if _is(event, EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT)
    }
    return cancelled & timed_out


class Seen:
    """All that the model, the tool and people have seen, sorted by conversation once.

    `strangers` are people who may not talk to the agent. `unusable` are the answers of the model that the workflow has
    to ask for again, by the first question of their conversation.
    """

    def __init__(
        self,
        stage: BreakableStage,
        strangers: Collection[str] = (),
        unusable: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._unusable = unusable
        self._stage = stage
        self._strangers = strangers
        self._changes: dict[tuple[str, str], list[Change]] = {}
        for change in stage.slack.backend.changes.after(0):
            if change.from_app and change.ts:
                self._changes.setdefault((change.channel, change.ts), []).append(change)
        self._requests: dict[str, dict[int, str]] = {}  # by the question that they mention, and their number
        self._uninvited = set[int]()  # the numbers of requests that tell the model what a stranger says
        self._holding: dict[str, list[int]] = {}  # the numbers of the requests that hold a name, anywhere
        for number, request in enumerate(stage.gemini.requests):
            for name in set(_NAMED.findall(json.dumps(request.body))):
                self._holding.setdefault(name, []).append(number)
            contents = json.dumps(request.contents)
            if MARK in told_now(request):
                self._uninvited.add(number)
            is_summary = SUMMARISE in request.system_instruction  # of older turns, made between two turns
            for question in [] if is_summary else questions_in(contents):
                self._requests.setdefault(question.name, {})[number] = contents
        self._look_ups = Counter(call.path.removeprefix("/") for call in stage.world.calls_to("geolocation"))

    async def repeated(self, conversation: Conversation) -> list[str]:
        """The finished steps that were done again: asked again by the workflow, or more often than it was tried."""
        attempts = await attempts_of(conversation)
        # What was asked first may be taken back: then another question is the first one of a request.
        unusable = sum(self._unusable.get(question.name, 0) for question in conversation.asked)
        requests = list(self._requests_of(conversation).values())
        addresses = [address for question in conversation.asked for address in question.addresses]
        counts = {
            "asked again": attempts.asked - attempts.again - unusable - len(set(requests)),
            "asked too often": len(requests) - attempts.ask_tries,
            **{f"{address} again": attempts.looked_up[address] - 1 - conversation.tries_again for address in addresses},
            **{
                f"{address} too often": self._look_ups[address] - attempts.look_up_tries[address]
                for address in addresses
            },
        }
        found = [f"{what}: {count}" for what, count in counts.items() if count > 0]
        if counts["asked again"] > 0:  # only the last words of what the model was asked tell how that came
            last_words = [contents[-300:] for contents in requests]
            found.append(f"{attempts.asked} calls, {attempts.again} anew, {unusable} unusable: {last_words}")
        return found

    def requests_of(self, conversation: Conversation) -> list[ModelRequest]:
        """All that the model was asked in the conversation, in the order in which it was asked."""
        return [self._stage.gemini.requests[number] for number in sorted(self._requests_of(conversation))]

    def _requests_of(self, conversation: Conversation) -> dict[int, str]:
        """What the model was asked in the conversation; a question that was stopped early is not in all of it."""
        found: dict[int, str] = {}
        for question in [*conversation.asked, *conversation.rewritten]:
            found |= self._requests.get(question.name, {})
        return found

    def given(self, banned: Iterable[Banned]) -> list[str]:
        """Those of the banned questions that the model was given all the same, and how often."""
        counts = {
            one.name: sum(number >= one.since for number in self._holding.get(one.name, []))
            for one in banned
            if one.since is not None
        }
        return [f"{name}: {count} times" for name, count in counts.items() if count]

    def overwritten(self, conversation: Conversation) -> list[str]:
        """The notices that stand where an answer, or a part of one, was shown before."""
        posts = [changes for (channel, _), changes in self._changes.items() if channel == conversation.channel]
        return [text for changes in posts for text in _notices_after_an_answer([one.text for one in changes])]

    async def effects(self, conversation: Conversation) -> list[str]:
        """What strangers have brought about: nobody of them may change anything."""
        found = []
        if not self._uninvited.isdisjoint(self._requests_of(conversation)):
            found.append("the model was told")
        if any(MARK in text for text in self._stage.said(conversation.ts, conversation.channel)):
            found.append("answered")
        if conversation.stopped_by_others:
            found.append("stopped")
        memo = await (await (await self._stage.workflow(conversation.ts, conversation.channel)).describe()).memo()
        if MARK in str(memo.get(MEMO_TITLE)):
            found.append("renamed")
        if any(one["user"] in self._strangers for one in memo.get(MEMO_FEEDBACK, [])):
            found.append("exported")
        if (again := (await attempts_of(conversation)).again) and not conversation.tries_again:
            found.append(f"tried again {again} times")
        return found


def _notices_after_an_answer(texts: Sequence[str]) -> list[str]:
    """`texts` are those of one message, in their order."""
    whole = part = False
    found = []
    for text in texts:
        if (whole and not answered_by(text)) or (part and text.startswith(GIVEN_UP)):
            found.append(text)
        whole = whole or bool(answered_by(text))
        part = part or text.startswith(ANSWER_BEGINNINGS)
    return found


def _name(scheduled: HistoryEvent) -> str:
    return scheduled.activity_task_scheduled_event_attributes.activity_type.name


def _address(scheduled: HistoryEvent) -> str:
    """What a tool was asked to look up."""
    return str(_told(scheduled)["ipaddress"])


def _told(step: HistoryEvent) -> dict[str, Any]:
    """What an activity was given."""
    told: dict[str, Any] = json.loads(step.activity_task_scheduled_event_attributes.input.payloads[0].data)
    return told


def is_tried_again(turn: str, answered: Collection[str]) -> bool:
    """Whether somebody has pressed Try Again, by the key of the turn and those of the turns that ended in no question.

    A turn that an edit or a decision has begun has a large number; if it is tried again, the next one.
    """
    ts, _, number = turn.partition(AGAIN)
    return bool(number) and (int(number) < EDITED or f"{ts}{AGAIN}{int(number) - 1}" in answered)


def _is(event: HistoryEvent, kind: EventType.ValueType) -> bool:
    return event.event_type == kind
