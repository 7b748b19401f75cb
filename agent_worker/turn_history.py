"""The turns of a conversation, as Temporal's history tells them: the question, the steps, the answer.

No worker is needed to read them. What people have deleted is left out, and what they have edited reads as it does now.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange, UserMessage
from agent_worker.contract.names import MESSAGE_CHANGED, USER_MESSAGE
from agent_worker.contract.questions import ANSWER_QUESTION, Answer
from agent_worker.payloads import post_keys
from agent_worker.payloads.activity_names import ActivityName

OUR_OWN = frozenset(ActivityName)
NO_RESULT = "The tool failed, or did not answer in time."
_FAILED = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: "activity_task_failed_event_attributes",
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: "activity_task_timed_out_event_attributes",
}
_NAMED_BY = (ActivityName.OPEN_CONVERSATION, ActivityName.LOOK_UP_NAMES)


@dataclass
class Step:
    """A tool call that the model has asked for.

    `arguments` are those that it ran with: people may have edited the model's. `result` is None if there is none: it
    was not carried out, because people were asked first, or it was stopped. Of a question of the model to people, the
    `options` are what can be chosen, and the result is their answer.
    """

    tool: str
    arguments: dict[str, Any]
    asks_people: bool = False
    result: dict[str, Any] | None = None
    has_begun: bool = False
    is_refused: bool = False  # it was not run at all, and its result says why
    options: list[str] | None = None
    rejection: str | None = None  # the reason that a person gave, "" for none; None if nobody has rejected it

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be carried out: perhaps once more, after people have told a server something."""
        return not self.is_refused and (not self.has_begun or "asks" in (self.result or {}))


@dataclass
class HistoricTurn:
    """`key` is the turn's, and `answers` are the `ts` of the messages that it answers."""

    key: str
    answers: list[str] = field(default_factory=list)
    answer: str = ""
    is_notice: bool = False  # in place of an answer: why there is none
    asks_people: bool = False  # it has ended with a question to people
    is_over: bool = False  # the thread holds the answer
    steps: list[Step] = field(default_factory=list)
    agent: str = ""
    version: str = ""  # the digest of the agent's version
    model: str = ""


@dataclass
class Talk:
    """What the histories of one conversation tell. `names` are those of people and channels, by Slack id."""

    turns: dict[str, HistoricTurn] = field(default_factory=dict)
    messages: dict[str, UserMessage] = field(default_factory=dict)  # by `ts`; those that were deleted are left out
    names: dict[str, str] = field(default_factory=dict)
    bot_user_id: str = ""
    channel_name: str = ""  # without "#"; "" if Slack did not tell it, and in direct messages

    def question(self, turn: HistoricTurn) -> list[UserMessage]:
        """The messages that the turn answers, oldest first."""
        return [self.messages[ts] for ts in sorted(set(turn.answers), key=float) if ts in self.messages]

    def until(self, turn: HistoricTurn) -> list[HistoricTurn]:
        """The turns up to this one, in their order; of a question that was tried again, only the newest of them."""
        newest: dict[str, HistoricTurn] = {}
        for one in self.turns.values():
            newest[post_keys.asked_at(one.key)] = one
            if one is turn:
                break
        return list(newest.values())


class TalkReader:
    """Reads the runs of one conversation, oldest run first."""

    def __init__(self) -> None:
        self.talk = Talk()
        self._versions: dict[str, tuple[str, str]] = {}  # by digest: the agent's name and its model
        self._turn: HistoricTurn | None = None  # the newest one
        self._changes: dict[str, MessageChange] = {}
        self._begun: dict[int, Any] = {}  # what is to be done when the activity with this event's id has ended

    async def read(self, events: AsyncIterable[HistoryEvent]) -> None:
        """Takes in the events of a run."""
        self._begun = {}
        async for event in events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                signal = event.workflow_execution_signaled_event_attributes
                await self._hear(signal.signal_name, signal.input.payloads)
            elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                await self._begin(event)
            elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                await self._end(done.scheduled_event_id, done.result.payloads)
            elif failed := _FAILED.get(EventType.ValueType(event.event_type)):
                step = self._begun.pop(getattr(event, failed).scheduled_event_id, None)
                if isinstance(step, Step):
                    step.result = {"error": NO_RESULT}

    async def _hear(self, signal: str, payloads: Any) -> None:
        if signal == USER_MESSAGE:
            message = await _decoded(payloads[0], UserMessage)
            known = self.talk.messages.get(message.ts, message)
            self.talk.messages[message.ts] = known.completed_by(message)
            change = self._changes.get(message.ts)
        elif signal == MESSAGE_CHANGED:
            change = await _decoded(payloads[0], MessageChange)
            known = self._changes.setdefault(change.ts, change)
            self._changes[change.ts] = change = max(known, change, key=lambda one: (one.deleted, float(one.at)))
        elif signal == ANSWER_QUESTION:
            self._decide(await _decoded(payloads[0], Answer))
            return
        else:
            return
        if change is not None and change.ts in self.talk.messages:
            self._change(change)

    def _decide(self, answer: Answer) -> None:
        """What becomes of an approval is seen when the call runs."""
        asked = [step for step in (self._turn.steps if self._turn else []) if step.asks_people and not step.is_refused]
        meant = asked if answer.item is None else asked[answer.item : answer.item + 1]
        for step in meant:
            if answer.decision == "reject":
                step.rejection = answer.text
            elif answer.decision == "choose" and step.options is not None:
                chosen = step.options[answer.option :][:1] if answer.option is not None else []
                step.result = {"output": chosen[0] if chosen else answer.text}

    def _change(self, change: MessageChange) -> None:
        if change.deleted:
            del self.talk.messages[change.ts]
        else:
            message = self.talk.messages[change.ts]
            self.talk.messages[change.ts] = message.model_copy(update=change.content)

    async def _begin(self, event: HistoryEvent) -> None:
        scheduled = event.activity_task_scheduled_event_attributes
        name, payloads = scheduled.activity_type.name, scheduled.input.payloads
        if name == ActivityName.ASK_MODEL:
            asked = await _decoded(payloads[0], dict)
            turn = self._turn_of(str(asked.get("turn")))
            turn.agent = str(asked.get("agent", ""))
            self._begun[event.event_id] = turn
        elif name == ActivityName.DELIVER:
            delivered = self._deliver(await _decoded(payloads[0], dict))
            if delivered is not None:
                self._begun[event.event_id] = partial(_end_turn, delivered)
        elif name in _NAMED_BY:
            self._begun[event.event_id] = self._learn
        elif name not in OUR_OWN:
            self._begun[event.event_id] = self._run(name, await _decoded(payloads[0], dict))

    def _turn_of(self, key: str) -> HistoricTurn:
        """The turn of this key. One that goes on after a decision has the steps that people were asked about."""
        known = self.talk.turns.get(key)
        if known is None:
            before, known = self._turn, HistoricTurn(key)
            if before is not None and before.asks_people and _is_same_question(before.key, key):
                known.steps = list(before.steps)
            self.talk.turns[key] = known
        self._turn = known
        return known

    def _deliver(self, request: Mapping[str, Any]) -> HistoricTurn | None:
        """The turn that it ends; None if it is a notice beside the turns."""
        key = post_keys.read(str(request.get("key")))
        if key is None or not key.is_final:
            return None
        turn = self._turn_of(key.turn)
        turn.answer, turn.answers = str(request.get("text", "")), list(request.get("answers", []))
        turn.is_notice = bool(request.get("is_notice"))
        turn.asks_people = bool(request.get("asks_people"))
        return turn

    def _run(self, tool: str, arguments: dict[str, Any]) -> Step:
        """The step that is carried out: with other arguments than the model's, it was edited by a person."""
        steps = self._turn.steps if self._turn else []
        waiting = [step for step in steps if step.tool == tool and step.is_waiting]
        step = next((step for step in waiting if step.arguments == arguments), None)
        step = step or next((step for step in waiting if step.asks_people), None) or Step(tool, arguments)
        step.arguments, step.has_begun = arguments, True
        return step

    async def _end(self, scheduled: int, payloads: Any) -> None:
        begun = self._begun.pop(scheduled, None)
        if begun is None:
            return
        result = await _decoded(payloads[0], dict | None) if payloads else None
        result = result or {}
        if isinstance(begun, HistoricTurn):
            self._take_reply(begun, result)
        elif isinstance(begun, Step):
            begun.result = {name: value for name, value in result.items() if name != "sources"}
        else:
            begun(result)

    def _take_reply(self, turn: HistoricTurn, reply: Mapping[str, Any]) -> None:
        turn.version, version = str(reply.get("digest", "")), reply.get("version")
        if isinstance(version, dict):
            self._versions[turn.version] = str(version.get("agent", "")), str(version.get("model", ""))
        turn.agent, turn.model = self._versions.get(turn.version, (turn.agent, ""))
        for call in reply.get("calls", []):
            turn.steps.append(_step(call))

    def _learn(self, told: Mapping[str, Any]) -> None:
        """Of people who have only pressed something, the profile alone tells the name."""
        self.talk.names |= told.get("names", {})
        for person, profile in told.get("profiles", {}).items():
            if profile.get("full_name"):
                self.talk.names.setdefault(person, profile["full_name"])
        self.talk.bot_user_id = str(told.get("bot_user_id") or self.talk.bot_user_id)
        self.talk.channel_name = str((told.get("place") or {}).get("name") or self.talk.channel_name)


def _step(call: Mapping[str, Any]) -> Step:
    refused, choice = call.get("refused"), call.get("choice")
    return Step(
        call["name"],
        dict(call.get("args") or {}),
        asks_people=refused is None and (choice is not None or call.get("approval") is not None),
        result=None if refused is None else {"error": refused},
        is_refused=refused is not None,
        options=None if choice is None else list(choice.get("options", [])),
    )


def _end_turn(turn: HistoricTurn, _: Mapping[str, Any]) -> None:
    turn.is_over = True


def _is_same_question(key: str, other: str) -> bool:
    return post_keys.asked_at(key) == post_keys.asked_at(other)


async def _decoded(payload: Payload, kind: Any) -> Any:
    return (await DATA_CONVERTER.decode([payload], [kind]))[0]
