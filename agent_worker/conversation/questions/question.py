"""One question to people: the calls that it is about, who may decide, and what was decided. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import UserMessage
from agent_worker.contract.questions import Answer
from agent_worker.conversation.questions import forms, inputs
from agent_worker.payloads import post_keys
from agent_worker.payloads.inputs import InputAction, InputAnswer, InputRequest, Inputs
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.questions import ASKER, Approval, Approvers, Choice, Outcome, QuestionKind
from agent_worker.payloads.thread import Answered, Author, Source
from text.same_json import is_same

IN_THE_THREAD = "with a message in the thread, which you read below unless it was taken back"
UNANSWERED: dict[Outcome, InputAction] = {"rejected": "decline", "expired": "cancel"}  # the server hears of these


@dataclass(kw_only=True)
class Item:
    """One tool call that waits for a decision, and what became of it.

    `edited` are the arguments in place of the call's own. `result` is what the model hears of the call; None until that
    is known. `asks` is what a server wants to know before it goes on with the call, and `answers` what it is told;
    those to what it asked before are `kept`.
    """

    call: ToolCall
    outcome: Outcome = "waiting"
    approved_by: list[str] = field(default_factory=list)
    by: str = ""  # who has decided it last
    at: float = 0.0  # … and when, in seconds since 1970
    reason: str = ""
    edited: dict[str, Any] | None = None
    is_running: bool = False
    granted: str = ""  # where such calls are not asked about any more, in words
    sources: list[Source] = field(default_factory=list)  # what the tool's result comes from, for people
    shown: str = ""  # what came of the call, in a few words for people
    is_recorded: bool = False  # in the record of decisions (`decisions.py`)
    result: dict[str, Any] | None = None
    asks: InputRequest | None = None
    answers: list[InputAnswer] = field(default_factory=list)
    kept: list[InputAnswer] = field(default_factory=list)
    rounds: int = 0

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that were shown last, and with which the call runs."""
        return self.call.args if self.edited is None else self.edited

    @property
    def approval(self) -> Approval:
        return self.call.approval or Approval(does=self.call.title, verb=self.call.name)

    def with_form(self, filled: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments after a form was sent: what no field could hold stays as it is, and so does what is empty."""
        _, fixed = forms.fields(self.approval.parameters, self.arguments)
        kept = {name: value for name, value in self.arguments.items() if name in fixed or value is None or value == ""}
        return {**kept, **filled}

    # What a server asks

    def ask(self, request: InputRequest) -> None:
        """The call waits for what a server wants to know: perhaps once more."""
        self.kept, self.answers = [*self.kept, *self.answers], []
        self.asks, self.rounds = request, self.rounds + 1
        self.settle("waiting")

    @property
    def answered(self) -> set[str]:
        """The digests of what the server has asked and people have answered."""
        return {answer.digest for answer in self.answers}

    def fill(self, given: Sequence[InputAnswer], by: str, now: float) -> None:
        self.answers = [*self.answers, *given]
        if self.asks and all(one.digest in self.answered for one in self.asks.asks):
            self.settle("approved", by=by, at=now)

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody answers, and the server waits to hear so: not if the call has ended there."""
        return self.asks is not None and not self.asks.begins_again and self.outcome in UNANSWERED

    @property
    def inputs(self) -> Inputs | None:
        """What goes with the call when it is made again."""
        if self.asks is None:
            return None
        left = [one for one in self.asks.asks if one.digest not in self.answered]
        action = UNANSWERED.get(self.outcome, "cancel")
        unanswered = [InputAnswer(key=one.key, digest=one.digest, action=action) for one in left]
        return Inputs(state=self.asks.state, answers=[*self.answers, *unanswered], kept=self.kept)

    def settle(self, outcome: Outcome, *, by: str = "", at: float = 0.0, reason: str = "") -> None:
        self.outcome, self.by, self.at, self.reason = outcome, by, at, reason


@dataclass(kw_only=True)
class Question:
    """Asked in the turn `turn`; `askers` are the people who asked in that turn.

    `version` grows whenever what is asked changes, so that a click on an older card is refused. `is_silent`: nobody
    waits for what the model has to say about it any more.
    """

    id: str
    turn: Answered
    items: list[Item]
    kind: QuestionKind = "approve"
    askers: list[Author] = field(default_factory=list)
    agent: str = ""
    agent_version: str = ""
    approvers: Approvers = field(default_factory=Approvers)
    members: dict[str, list[str]] = field(default_factory=dict)  # the people of the user groups that may decide
    asked_at: float = 0.0  # seconds since 1970
    version: int = 1
    ts: str = ""  # of the card; "" while it is not known
    is_silent: bool = False

    # Who may decide

    @property
    def may_be_granted(self) -> bool:
        """Whether one person alone may say that nobody is asked again."""
        return self.kind == "approve" and self.approvers.needed == 1 and not self.approvers.not_the_asker

    @property
    def people(self) -> list[str]:
        """The Slack ids of those who may decide."""
        askers = [author.id for author in self.askers]
        named = [askers if one == ASKER else self.members.get(one, [one]) for one in self.approvers.people]
        allowed = dict.fromkeys(person for each in named for person in each)
        return [person for person in allowed if not (self.approvers.not_the_asker and person in askers)]

    def people_for(self, item: int | None) -> list[str]:
        """The same for one call: what a server asks is for those who have asked for the call."""
        is_form = item is not None and 0 <= item < len(self.items) and self.items[item].asks is not None
        return [author.id for author in self.askers] if is_form else self.people

    @property
    def can_be_decided(self) -> bool:
        """Whether there are people enough who may."""
        return len(self.people) >= self.approvers.needed

    @property
    def expires_at(self) -> float:
        """In seconds since 1970."""
        return self.asked_at + self.approvers.expires_seconds

    # What is open

    @property
    def is_open(self) -> bool:
        """Whether anybody has to decide anything yet."""
        return any(item.outcome == "waiting" for item in self.items)

    @property
    def came_at(self) -> float:
        """When the turn was asked that asked this, by Slack's clock."""
        return float(post_keys.asked_at(self.turn.key))

    def is_answered_by(self, message: UserMessage, now: float) -> bool:
        """Whether a reply can be the answer to what the model asks: it is for the agent, and stands below the card."""
        is_waiting = self.kind == "choose" and self.is_open and now < self.expires_at
        return is_waiting and message.addressed and message.asked_at > float(self.ts or math.inf)

    @property
    def decided_at(self) -> float:
        """When it was decided last; seconds since 1970."""
        return max([self.asked_at, *(item.at for item in self.items)])

    @property
    def is_over(self) -> bool:
        """Whether it is known what became of each call."""
        return all(item.result is not None for item in self.items)

    @property
    def choice(self) -> Choice | None:
        """What the model itself asks; None for an approval."""
        return self.items[0].call.choice if self.kind == "choose" else None

    def waiting(self, item: int | None) -> list[Item]:
        """Of the calls that an answer is about, those that are not decided yet."""
        meant = self.items if item is None else self.items[item : item + 1]
        return [one for one in meant if one.outcome == "waiting"]

    def meant(self, answer: Answer) -> list[Item]:
        """The calls that an answer decides. What a server asks, nobody answers together with other things."""
        waiting = self.waiting(answer.item)
        return [item for item in waiting if item.asks is None] if answer.item is None else waiting

    def to_run(self) -> list[Item]:
        """The calls that were approved and that nobody has begun, and those whose server hears that nobody answers."""
        due = [item for item in self.items if item.outcome == "approved" or item.is_unanswered]
        return [item for item in due if item.result is None and not item.is_running]

    def ask_again(self, item: Item, request: InputRequest, now: float) -> None:
        """A server asks before it goes on with a call: another question, with as much time as the first one had."""
        if not self.is_open:
            self.asked_at = now
        item.ask(request)
        self.version += 1

    # What is decided

    def take(self, answer: Answer, now: float) -> None:
        """Takes over an answer that nothing speaks against (`answers.refusal`)."""
        for item in self.meant(answer):
            if item.asks is not None and answer.decision != "reject":
                self._fill(item, item.asks, answer, now)
            elif answer.decision == "approve":
                self._approve(item, answer, now)
            elif answer.decision == "reject":
                item.settle("rejected", by=answer.user, at=now, reason=answer.text)
            else:
                options = self.choice.options if self.choice else []
                self.choose(answer.text if answer.option is None else options[answer.option], answer.user, now)

    def choose(self, text: str, by: str, now: float) -> None:
        """Answers what the model has asked."""
        self._answer({"answer": text, "by": by}, by, now)

    def reply(self, message: UserMessage, now: float) -> None:
        """The same with a reply in the thread.

        Its words are not repeated: the model reads the message itself, and who deletes or edits it takes them back.
        """
        self._answer({"answered": IN_THE_THREAD, "by": message.user, "message": message.ts}, message.user, now)

    def _answer(self, output: dict[str, Any], by: str, now: float) -> None:
        for item in self.waiting(None):
            item.settle("approved", by=by, at=now)
            item.result = {"output": output}

    def _fill(self, item: Item, asks: InputRequest, answer: Answer, now: float) -> None:
        is_form = answer.decision == "fill"
        item.fill(inputs.answers(asks, answer.arguments or {}) if is_form else inputs.opened(asks), answer.user, now)
        self.version += 1

    def _approve(self, item: Item, answer: Answer, now: float) -> None:
        """Another version of the call is another question: who has approved the one before has not approved this."""
        edited = item.arguments if answer.arguments is None else item.with_form(answer.arguments)
        if not is_same(edited, item.arguments):
            item.edited, item.approved_by = edited, []
            self.version += 1
        item.approved_by = list(dict.fromkeys([*item.approved_by, answer.user]))
        if len(item.approved_by) >= self.approvers.needed:
            item.settle("approved", by=answer.user, at=now)

    def end(self, outcome: Outcome, now: float, *, by: str = "", reason: str = "") -> list[Item]:
        """Ends what nobody has decided; returns the calls that were ended."""
        ended = self.waiting(None)
        for item in ended:
            item.settle(outcome, by=by, at=now, reason=reason)
        return ended


def of_calls(
    calls: Sequence[ToolCall],
    *,
    identity: str,
    turn: Answered,
    askers: Sequence[Author],
    agent: tuple[str, str],
    now: float,
) -> Question:
    """The question about these calls, which have to be approved, or of which the only one asks by itself.

    `agent` is the agent's name and the digest of its version.
    """
    first = calls[0]
    rule = first.approval.approvers if first.approval is not None else Approvers()
    return Question(
        id=identity,
        turn=turn,
        items=[Item(call=call) for call in calls],
        kind="choose" if first.choice is not None else "approve",
        askers=list(askers),
        agent=agent[0],
        agent_version=agent[1],
        approvers=rule,
        asked_at=now,
    )
