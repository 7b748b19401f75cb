"""One turn in progress: which messages it answers, what people do to them meanwhile, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import MessageChange, Thread, TryAgain, UserMessage
from agent_worker.conversation.questions.question import Question
from agent_worker.conversation.turn.display import TurnDisplay
from agent_worker.conversation.turn.model_attempts import Attempts
from agent_worker.conversation.wording import quotations
from agent_worker.payloads import post_keys
from agent_worker.payloads.costs import CostRecord, Spent, dollars, together
from agent_worker.payloads.errors import STOPPED, WITHDRAWN
from agent_worker.payloads.quotas import Claim, Hold, Settled
from agent_worker.payloads.thread import Answered, Author

ANSWERS_NAMED = 200  # message metadata is bounded; a turn with more messages names the newest


@dataclass
class Turn:
    """Begins with at least one message, or with an `earlier` turn that is tried `again` or goes on.

    `decided` is the question with which the earlier turn ended, and which people have decided. `asks` is the one with
    which this turn ends.
    """

    messages: list[UserMessage]
    heard: int = 0  # number of messages, from the first on, that are in the transcript
    earlier: Answered | None = None
    again: TryAgain | None = None
    decided: Question | None = None
    asks: Question | None = None
    changes: list[MessageChange | UserMessage] = field(default_factory=list)  # that the model was not told of yet
    also_answers: list[str] = field(default_factory=list)  # `ts` of messages that were stopped before they were read
    attempts: Attempts = field(default_factory=Attempts)
    late: list[str] = field(default_factory=list)  # `ts` of messages that came when Gemini had failed at the others
    late_from: int | None = None  # the transcript's length before them; None if there are none
    nameless: set[str] = field(default_factory=set)  # ids whose names were not found in time: not asked for again
    names: dict[str, str] = field(default_factory=dict)  # by which its text shows people whom it may not notify
    title: str = ""  # a new title that the conversation was given during the turn
    rewritten: list[str] = field(default_factory=list)  # `ts` of messages that were rewritten before their edit came
    is_withdrawn: bool = False  # all its messages were deleted
    knows_too_much: bool = False  # it has called tools while it knew words that were taken back since
    is_outdated: bool = False  # words that its answer may repeat were taken back while it was delivered
    began_after: int = 0  # the transcript's `turn_start` before this turn
    version: str = ""  # the digest of the agent's version that it goes by; "" until the first reply brings it
    has_place: bool = False  # in the quotas
    has_claimed: bool = False  # an activity was given its claim: it may have been given money without hearing of it
    hold: Hold | None = None  # money that is set aside for it, if a budget is set
    spent: list[Spent] = field(default_factory=list)
    is_delivering: bool = False  # from then on it is too late to stop
    key: str = field(init=False)
    display: TurnDisplay = field(init=False)

    def __post_init__(self) -> None:
        # The key is in every post of the turn. No other turn of the thread can begin with the same message.
        if self.decided is not None:
            self.key = post_keys.turn_after(self.decided.turn.key, self.decided.decided_at)
        else:
            self.key = self.earlier.next_key if self.earlier else _key(self.messages[0])
        self.display = TurnDisplay(self.key)

    # What it answers

    @property
    def asked_at(self) -> float:
        """When the newest of its messages was asked, "Try Again" pressed, or its question decided; since 1970."""
        moments = [message.asked_at for message in self.messages]
        moments += [self.decided.decided_at] if self.decided else []
        return max([*moments, float(self.again.at if self.again else 0)])

    @property
    def begun_at(self) -> str:
        """The `ts` of its first message or, if an edit has addressed that to the agent, of the edit."""
        if not self.messages:
            return post_keys.asked_at(self.key)
        return self.messages[0].addressed_at or self.messages[0].ts

    @property
    def answers(self) -> list[str]:
        """The `ts` of the messages that the answer is for."""
        before = self.earlier.answers if self.earlier else []
        return [*before, *self.also_answers, *(message.ts for message in self.messages)][-ANSWERS_NAMED:]

    @property
    def addressed(self) -> list[str]:
        """The `ts` of its messages that were for the agent."""
        return [*self.also_answers, *(message.ts for message in self.messages if message.addressed)]

    @property
    def askers(self) -> list[Author]:
        """The people who ask, each once; who has asked last stands last.

        These are the authors of the messages for the agent, and who has pressed Try Again. An app is left out: it has
        no eyes with which anything could be read.
        """
        if self.decided is not None and not self._questions:
            return self.decided.askers
        asked = [(message.asked_at, Author(id=message.user, team=message.team)) for message in self._questions]
        if self.again is not None:
            asked.append((float(self.again.at), Author(id=self.again.user, team=self.again.team)))
        asked.sort(key=lambda one: one[0])
        last = {author.id: at for at, (_, author) in enumerate(asked)}
        return [author for at, (_, author) in enumerate(asked) if last[author.id] == at]

    @property
    def action_token(self) -> str:
        """Slack's permission to search for who has asked last; "" if no question has brought one."""
        permitted = [message for message in self._questions if message.action_token]
        return max(permitted, key=lambda message: message.asked_at).action_token if permitted else ""

    @property
    def _questions(self) -> list[UserMessage]:
        """Its messages in which a person asks the agent something."""
        return [message for message in self.messages if message.addressed and not message.from_app]

    @property
    def may_mention(self) -> list[str]:
        """Only people who have written in this turn may be notified by its answer."""
        before = self.earlier.may_mention if self.earlier else []
        return list(dict.fromkeys([*before, *(message.user for message in self.messages)]))

    @property
    def audience(self) -> Author | None:
        """The person the answer is streamed to: who wrote last. None if that was an app."""
        if not self.messages:
            return self.earlier.audience if self.earlier else None
        last = self.messages[-1]
        return None if last.from_app else Author(id=last.user, team=last.team)

    @property
    def answered(self) -> Answered:
        """What is kept of the turn, so that it can be tried again."""
        return Answered(key=self.key, answers=self.answers, may_mention=self.may_mention, audience=self.audience)

    @property
    def unseen(self) -> list[UserMessage]:
        """Its messages that nobody can read in the thread."""
        return [message for message in self.messages if message.unseen]

    # What people do meanwhile

    @property
    def unheard(self) -> list[UserMessage]:
        """Its messages that are not in the transcript yet."""
        return self.messages[self.heard :]

    def hear(self, admitted: list[UserMessage]) -> list[UserMessage]:
        """Replaces the unheard messages by `admitted` and marks them as heard."""
        self.messages[self.heard :] = admitted
        self.heard = len(self.messages)
        return admitted

    def add(self, messages: list[UserMessage]) -> None:
        """Adds messages that have arrived during the turn."""
        self.messages += messages
        if self.late_from is not None:
            self.late += [message.ts for message in messages]

    def note_overtaken(self, length: int) -> None:
        """Notes that a model call which kept failing was given up for new messages; `length`: of the transcript."""
        self.late_from = length if self.late_from is None else self.late_from

    def take_late(self) -> list[UserMessage]:
        """Takes out the messages that came when Gemini had failed at the others."""
        late = [message for message in self.messages if message.ts in self.late]
        self.messages = [message for message in self.messages if message.ts not in self.late]
        self.heard = len(self.messages)
        return late

    def heard_message(self, ts: str) -> UserMessage | None:
        """The message with this `ts`, if the model is told of it in this turn."""
        return next((message for message in self.messages[: self.heard] if message.ts == ts), None)

    def drop_stopped(self, stopped_at: float) -> None:
        """Takes out what was asked before a stop; the turn counts as the answer to it all the same."""
        stopped = [message for message in self.unheard if message.asked_at < stopped_at]
        self.messages = [message for message in self.messages if message not in stopped]
        self.also_answers += [message.ts for message in stopped]

    def change(self, change: MessageChange, *, is_rewritten: bool = False) -> bool:
        """Applies an edit or a deletion; returns False if the message is not one of this turn.

        `is_rewritten`: what the model reads has the change already. It is told of it all the same if it has acted.
        """
        index = next((at for at, message in enumerate(self.messages) if message.ts == change.ts), None)
        if index is None:
            return False
        if index < self.heard and (self.display.has_acted or not is_rewritten):
            self.changes.append(change)
        if change.deleted:
            self.heard -= index < self.heard
            del self.messages[index]
            self.is_withdrawn = not self.messages and self.earlier is None
        else:
            self.messages[index] = self.messages[index].model_copy(update=change.content)
        return True

    def take_back(self, *, lost_title: bool, has_question: bool) -> None:
        """Notes that words which the model has read were taken back."""
        if lost_title:
            self.title = ""
        if self.is_delivering:
            self.is_outdated = True
            return
        self.late, self.late_from = [], None  # the length that it tells is not that of the transcript any more
        self.knows_too_much = self.knows_too_much or self.display.has_acted
        if self.again is not None and not self.messages and not has_question:
            self.is_withdrawn = True

    def take_back_quotation(self, ts: str) -> None:
        """Takes what they quote of the message `ts` out of the messages that are not in the transcript yet."""
        self.messages[self.heard :] = [quotations.without(message, ts) for message in self.unheard]

    def message(self, ts: str) -> UserMessage | None:
        """The message with this `ts`, if it is one of this turn."""
        return next((message for message in self.messages if message.ts == ts), None)

    def readdress(self, message: UserMessage) -> None:
        """Takes a message of this turn as it reads now: an edit has addressed it to the agent."""
        known = self.message(message.ts)
        if known is None:
            return
        if known.content != message.content:
            self.change(MessageChange(ts=message.ts, at=message.addressed_at, **message.content))
        self.messages = [message if one.ts == message.ts else one for one in self.messages]

    def complete(self, message: UserMessage) -> None:
        """Adds what a message came without: a mention arrives as two events. The model is told of files."""
        for index, known in enumerate(self.messages):
            if known.ts == message.ts and (whole := known.completed_by(message)) is not known:
                self.messages[index] = whole
                self.changes += [message] if index < self.heard and whole.files != known.files else []

    def take_changes(self) -> list[MessageChange | UserMessage]:
        """The changes that the model was not told of; of the edits of one message, only the last."""
        newest = {(change.ts, type(change)): change for change in self.changes}
        self.changes = []
        return list(newest.values())

    def ending(self, stopped_at: float) -> str:
        """The code with which the turn ends early, because it was stopped or withdrawn; "" if it goes on."""
        if self.is_delivering:
            return ""
        if self.is_withdrawn:
            return WITHDRAWN
        return STOPPED if self.asked_at < stopped_at else ""

    # What activities are told of it

    def claim(self, thread: Thread) -> Claim | None:
        """What the next activity has to claim before it does anything that costs; None if that is done.

        The turn is asked by who has pressed Try Again, or by those who have addressed the agent; None also while nobody
        knows whether anybody has. A terminal has no quotas: who can use it can also change them. Where a budget is set,
        each model call tells of the money that it has.
        """
        people = self._payers
        if not people or not thread.in_slack or (self.has_place and self.hold is None):
            return None
        self.has_claimed = True
        more: dict[str, Any] = {"goes_on": True} if self.decided else {}
        more |= {"hold": self.hold, "spent": dollars(self.spent)} if self.hold else {}
        return Claim(turn=self._name(thread), people=people, **more)

    @property
    def _payers(self) -> list[str]:
        """For whom the turn counts: the first of these who has turns and money left."""
        if self.decided is not None and not self.messages:
            return [author.id for author in self.decided.askers]
        asked = [self.again.user] if self.again else [one.user for one in self.messages if one.addressed]
        return list(dict.fromkeys(asked))

    def _name(self, thread: Thread) -> str:
        return f"{thread.channel}:{self.key}"

    # What it costs

    def note_cost(self, spent: Sequence[Spent], hold: Hold | None = None) -> None:
        self.spent = together([*self.spent, *spent])
        self.hold = hold or self.hold

    def cost_record(self, day: str, agent: str) -> CostRecord:
        """What is kept of its cost; `day` is that of its end."""
        payer = self.hold.person if self.hold else next(iter(self._payers), "")
        return CostRecord(day=day, turn=self.key, person=payer, agent=agent, spent=self.spent)

    def settled(self, thread: Thread, now: float) -> Settled | None:
        """The same for the budgets; None if it is certain that no money was set aside.

        A turn whose first call was stopped, or has failed, was not told who pays. A request whose price nobody knows
        counts as what was set aside for it.
        """
        if self.hold is None and (self.has_place or not self.has_claimed):
            return None
        person, held = (self.hold.person, self.hold.dollars) if self.hold else ("", 0.0)
        amount = max(dollars(self.spent), held if any(one.unpriced for one in self.spent) else 0.0)
        return Settled(turn=self._name(thread), person=person, dollars=amount, at=now)

    def note_refused(self) -> None:
        """It has no place: what it has claimed it was not given, unless a call before has spent some."""
        self.has_claimed = bool(self.spent)

    def in_thread(self, thread: Thread) -> dict[str, Any]:
        """The fields of InThread: what an activity that writes into the thread has to know of the turn."""
        return {
            "thread": thread,
            "turn": self.key,
            "progress": self.display.progress,
            "draft": self.display.draft,
            "audience": self.audience,
        }


def _key(first: UserMessage) -> str:
    return post_keys.turn(first.ts, first.addressed_at)
