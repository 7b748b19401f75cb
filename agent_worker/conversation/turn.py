"""One turn in progress: which messages it answers, which steps it took, and what of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import MessageChange, Thread, TryAgain, UserMessage
from agent_worker.conversation.attempts import Attempts
from agent_worker.payloads.errors import STOPPED, WITHDRAWN
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.thread import Answered, Author, Draft, Progress, Shown, ShownStep, Source, StepState

ANSWERS_NAMED = 200  # message metadata is bounded; a turn with more messages names the newest


@dataclass
class Turn:
    """The messages it answers, the steps it took, and what it learned of the model.

    It begins with at least one message, or with an `earlier` turn that is tried `again`.
    """

    messages: list[UserMessage]
    heard: int = 0  # so many of them are in the transcript
    earlier: Answered | None = None
    again: TryAgain | None = None
    steps: list[ShownStep] = field(default_factory=list)
    attempts: Attempts = field(default_factory=Attempts)
    progress_ts: str | None = None
    progress_unsure: bool = False  # Slack may have posted it without our knowing
    progress_is_due: bool = False
    draft: Draft = field(default_factory=Draft)
    title: str = ""  # that the conversation was given meanwhile
    changes: list[MessageChange | UserMessage] = field(default_factory=list)  # that the model has not heard of
    also_answers: list[str] = field(default_factory=list)  # `ts` of messages that were stopped before they were read
    began_after: int = 0  # the transcript's `turn_start` before this turn
    is_withdrawn: bool = False
    is_delivering: bool = False  # from then on it is too late to stop
    key: str = field(init=False)

    def __post_init__(self) -> None:
        # Names the turn in every post it makes: no other turn of the thread can begin with the same message.
        self.key = self.earlier.next_key if self.earlier else self.messages[0].ts

    # What it answers

    @property
    def asked_at(self) -> float:
        """When the newest part of it was asked, in seconds since 1970."""
        moments = [message.ts for message in self.messages] + ([self.again.at] if self.again else [])
        return max(map(float, moments), default=0.0)

    @property
    def answers(self) -> list[str]:
        before = self.earlier.answers if self.earlier else []
        return [*before, *self.also_answers, *(message.ts for message in self.messages)][-ANSWERS_NAMED:]

    @property
    def may_mention(self) -> list[str]:
        """Only people who speak in this turn may be notified by its answer."""
        before = self.earlier.may_mention if self.earlier else []
        return list(dict.fromkeys([*before, *(message.user for message in self.messages)]))

    @property
    def audience(self) -> Author | None:
        """For whom the answer is streamed: who spoke last."""
        if not self.messages:
            return self.earlier.audience if self.earlier else None
        last = self.messages[-1]
        return None if last.from_app else Author(id=last.user, team=last.team)

    @property
    def answered(self) -> Answered:
        return Answered(key=self.key, answers=self.answers, may_mention=self.may_mention, audience=self.audience)

    @property
    def unseen(self) -> list[UserMessage]:
        return [message for message in self.messages if message.unseen]

    # What comes in between

    @property
    def unheard(self) -> list[UserMessage]:
        return self.messages[self.heard :]

    def hear(self, admitted: list[UserMessage]) -> list[UserMessage]:
        """Notes that of the messages that were not, these are in the transcript now; the others are left out."""
        self.messages[self.heard :] = admitted
        self.heard = len(self.messages)
        return admitted

    def heard_message(self, ts: str) -> UserMessage | None:
        """The message with this `ts`, if the model is told of it in this turn."""
        return next((message for message in self.messages[: self.heard] if message.ts == ts), None)

    def drop_stopped(self, stopped_at: float) -> None:
        """Takes out what was asked before a stop; the turn counts as the answer to it all the same."""
        stopped = [message for message in self.unheard if float(message.ts) < stopped_at]
        self.messages = [message for message in self.messages if message not in stopped]
        self.also_answers += [message.ts for message in stopped]

    def change(self, change: MessageChange) -> bool:
        """Takes up that a message was edited or deleted; False if it is none of this turn's."""
        index = next((at for at, message in enumerate(self.messages) if message.ts == change.ts), None)
        if index is None:
            return False
        if index < self.heard:
            self.changes.append(change)
        if change.deleted:
            self.heard -= index < self.heard
            del self.messages[index]
            self.is_withdrawn = not self.messages and self.earlier is None
        else:
            self.messages[index] = self.messages[index].model_copy(update=change.content)
        return True

    def complete(self, message: UserMessage) -> None:
        """Takes up the files of a message that came without them first: a mention arrives as two events."""
        for index, known in enumerate(self.messages):
            if known.ts == message.ts and message.files and not known.files:
                self.messages[index] = message
                self.changes += [message] if index < self.heard else []

    def take_changes(self) -> list[MessageChange | UserMessage]:
        changes, self.changes = self.changes, []
        return changes

    def ending(self, stopped_at: float) -> str:
        """The code of what ends it early; "" when it goes on."""
        if self.is_delivering:
            return ""
        if self.is_withdrawn:
            return WITHDRAWN
        return STOPPED if self.asked_at < stopped_at else ""

    # Its steps

    def add_steps(self, calls: Sequence[ToolCall]) -> int:
        """Shows the calls as running; returns the index of the first."""
        self.steps += [ShownStep(title=call.title or call.name, state="in_progress") for call in calls]
        return len(self.steps) - len(calls)

    def end_step(self, index: int, *, failed: bool, sources: Sequence[Source] = ()) -> None:
        state: StepState = "error" if failed else "complete"
        self.steps[index] = ShownStep(title=self.steps[index].title, state=state, sources=list(sources))

    @property
    def is_running_steps(self) -> bool:
        return any(step.state == "in_progress" for step in self.steps)

    def end_open_steps(self) -> None:
        """A turn that ends leaves nothing behind that looks as if it still ran."""
        for index, step in enumerate(self.steps):
            if step.state == "in_progress":
                self.end_step(index, failed=True)

    @property
    def done(self) -> list[str]:
        """What it has done so far, for a person who does not get an answer."""
        return _listed("Done before that:", self.steps, "complete")

    @property
    def undone(self) -> list[str]:
        return _listed("Not finished:", self.steps, "in_progress")

    # What is shown

    @property
    def progress(self) -> Progress | None:
        """The steps as they should look now; None in a turn without tools."""
        if not self.steps:
            return None
        key = f"{self.key}:progress"
        return Progress(key=key, steps=list(self.steps), ts=self.progress_ts, unsure=self.progress_unsure)

    @property
    def has_message_for_steps(self) -> bool:
        """Whether they are shown apart from the answer: then the model may write that while they change."""
        return self.progress_ts is not None

    @property
    def is_shown(self) -> bool:
        """Whether it is known where the steps are shown: then they can be changed without finding out anything."""
        return self.has_message_for_steps or (self.draft.has_cards and not self.draft.unsure)

    def in_thread(self, thread: Thread) -> dict[str, Any]:
        """What a step that writes into the thread has to know of the turn: the fields of InThread."""
        return {
            "thread": thread,
            "turn": self.key,
            "progress": self.progress,
            "draft": self.draft,
            "audience": self.audience,
        }

    def take_shown(self, shown: Shown) -> None:
        self.progress_ts = shown.ts or self.progress_ts
        self.draft = shown.draft or self.draft

    def doubt_draft(self) -> None:
        """A step that showed it has not come back: the thread may hold more than it has told."""
        self.draft = self.draft.model_copy(update={"unsure": True})


def _listed(heading: str, steps: Sequence[ShownStep], state: StepState) -> list[str]:
    titles = [f"• {step.title}" for step in steps if step.state == state]
    return [heading, *titles] if titles else []
