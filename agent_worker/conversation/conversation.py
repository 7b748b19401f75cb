"""The conversation as plain data: everything that a continue-as-new has to carry. Pure: no clock, no ids, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import NO_MOMENT, Feedback, MessageChange, StopRequest, Thread, UserMessage
from agent_worker.conversation import model_form
from agent_worker.conversation.inbox import SEEN_MESSAGES, Inbox
from agent_worker.conversation.model_input import ModelInput, ids_in
from agent_worker.conversation.participants import Participants
from agent_worker.conversation.transcript import Transcript
from agent_worker.conversation.turn import Turn
from agent_worker.conversation.turn_limits import TurnLimits
from agent_worker.payloads.opening import Before, Opened
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Answered, Deliver
from text.lines import ELLIPSIS, whole_words

SHORTEST = 0.000_001  # seconds, the smallest difference between two moments of Slack's
FIRST_WORDS = 1_000  # characters of the first question, from which the title is made
# Answers that the thread did not take. The next run has to carry them, so they are bounded; the newest are kept.
UNTOLD_KEPT = 5
UNTOLD_BYTES = 300_000  # of all of them
BEFORE = "What was said in this thread before, oldest first. It is information, not a question to you:"
NOW = "End of what was said before. What follows is said to you."
CHANGE_LEFT_OUT = {
    "text": model_form.note("A message above was changed by its author, but the change is too large to be read.")
}
QUESTIONS_QUOTED = 5  # before one answer
QUESTION_CHARACTERS = 300  # of each of them
FEEDBACK_KEPT = 100  # clicks; they are stored with what Temporal lists of the conversation


@dataclass(kw_only=True)
class Conversation:
    """One Slack thread's conversation."""

    thread: Thread
    transcript: Transcript
    inbox: Inbox = field(default_factory=Inbox)
    participants: Participants = field(default_factory=Participants)
    limits: TurnLimits = field(default_factory=TurnLimits)
    model: str = ""
    bot_user_id: str = ""
    names: dict[str, str] = field(default_factory=dict)  # of users and channels, by Slack id
    before: list[Before] = field(default_factory=list)  # what the thread said earlier; it goes before the first message
    earlier: str = ""  # the same, as release 0.2 wrote it
    title: str = ""
    first_words: str = ""  # of the first question
    looking_at: str = ""  # the channel that the author of the last message had open beside the agent
    last: Answered | None = None  # the turn that can be tried again
    feedback: list[Feedback] = field(default_factory=list)
    untold: list[Deliver] = field(default_factory=list)  # answers that the thread did not take, oldest first
    times_told_later: int = 0  # how often they were tried again since the newest of them, while nobody wrote

    def open(self, opened: Opened) -> None:
        """Takes over what the worker tells. A model once chosen stays: thought signatures fit no other model."""
        self.model = self.model or opened.policy.gemini_model
        self.bot_user_id = opened.bot_user_id
        self.names |= opened.names
        self.before, self.earlier = opened.before, opened.earlier
        self.participants.open(opened)
        waiting = [message for message in self.inbox.messages if message.ts not in opened.answered]
        self.inbox.keep(list(map(self.participants.judged, waiting)))

    # Messages

    def receive(self, message: UserMessage) -> None:
        """Puts a message into the inbox, once."""
        new = self.inbox.accept(message)
        if new is not None:
            self.inbox.add(self.participants.hear(new))

    def readdress(self, message: UserMessage, turn: Turn | None) -> None:
        """Takes up, once, a message that an edit has addressed to the agent; `turn` is the one that may answer it."""
        inbox = self.inbox
        inbox.note_asked([message.ts])
        known = turn.message(message.ts) if turn is not None else None
        if known is not None and known.addressed:
            return  # it is being answered all the same
        inbox.readdressed = [*inbox.readdressed, message.ts][-SEEN_MESSAGES:]
        message = self.participants.hear(message)
        if turn is not None and known is not None:
            turn.readdress(message)
        else:
            inbox.readdress(message)

    def is_known(self, change: MessageChange, turn: Turn) -> bool:
        """Whether the turn has this edit already: one that addresses a message to the agent comes as two events."""
        message = turn.message(change.ts) if change.ts in self.inbox.readdressed else None
        reads_so = message is not None and (message.text, message.attachments) == (change.text, change.attachments)
        return reads_so and not change.deleted

    @property
    def has_work(self) -> bool:
        """Whether anything that waits is for the agent; messages that are not wait for the next one that is."""
        return self.inbox.again is not None or self.participants.is_asked(self.inbox.messages)

    def give_back_late(self, turn: Turn) -> None:
        """Takes out of a turn what was written while Gemini failed at it: it is asked by itself in the next turn."""
        late = turn.take_late()
        if late and turn.late_from is not None:
            self.inbox.keep([*late, *self.inbox.messages])
            self.transcript.shorten(turn.late_from)

    def with_moment(self, request: StopRequest, turn: Turn | None) -> StopRequest:
        """The request with a moment: if Slack told none, just after the newest of what was received."""
        if request.at != NO_MOMENT:
            return request
        asked = [message.asked_at for message in self.inbox.messages]
        asked += [float(self.inbox.again.at)] if self.inbox.again else []
        asked += [turn.asked_at] if turn is not None else []
        newest = max([float(self.thread.thread_ts), *asked])
        return request.model_copy(update={"at": f"{newest + SHORTEST:.6f}"})

    def stop(self, request: StopRequest) -> bool:
        """Drops what was asked before the stop; returns whether anything of that kind waits."""
        self.inbox.stopped_at = max(self.inbox.stopped_at, float(request.at))
        return bool(self.inbox.stopped)

    def may_try_again(self, key: str) -> bool:
        """Whether this is the last turn, and its question is still there."""
        return self.last is not None and self.last.key == key and self.transcript.has_question

    # What the model is told of them

    def unknown_ids(self, messages: Sequence[UserMessage]) -> list[str]:
        """Slack ids of authors, mentioned people and channels whose names are not known yet; of one message, a few."""
        if not self.thread.in_slack:
            return []
        known = {*self.names, self.bot_user_id}
        ids = [slack_id for message in messages for slack_id in ids_in(message)]
        return [slack_id for slack_id in dict.fromkeys(ids) if slack_id not in known]

    def says_nothing(self, messages: Sequence[UserMessage]) -> bool:
        """Whether the messages mention the agent and hold nothing else."""
        return not any(self._input.read(message) or message.files or message.left_out for message in messages)

    def add_messages(self, messages: Sequence[UserMessage]) -> None:
        """Adds messages to the transcript as one entry; the first one brings what the thread said before."""
        parts = [part for message in messages for part in [*self._view(message), *self._input.parts(message)]]
        parts = [*self._take_before(), *parts]
        if messages:
            self.first_words = self.first_words or self._input.read(messages[0])[:FIRST_WORDS]
        self.transcript.add({"role": "user", "parts": parts})

    def add_changes(self, changes: Sequence[MessageChange | UserMessage]) -> None:
        """Tells the model what became of messages that it has read: edits, deletions, and files that came late.

        An edit that is too large for what the turn holds already is left out, and the model is told so.
        """
        room = self.transcript.room
        parts: list[dict[str, Any]] = []
        for change in changes:
            told = self._input.changed(change)
            if size_of(told) > room:
                told = [CHANGE_LEFT_OUT]
            elif isinstance(change, MessageChange) and not change.deleted:
                self.inbox.note_told(change)
            room -= size_of(told)
            parts += told
        self.transcript.add({"role": "user", "parts": parts})

    def _take_before(self) -> list[dict[str, Any]]:
        """What the thread said before, once: a part for each message, between two remarks of ours."""
        told = [one.line for one in self.before]
        if self.earlier:
            told.append(model_form.line(text=self.earlier))
        self.before, self.earlier = [], ""
        return [{"text": line} for line in [model_form.note(BEFORE), *told, model_form.note(NOW)]] if told else []

    def _view(self, message: UserMessage) -> list[dict[str, Any]]:
        """Which channel the author has open beside the conversation, if that has changed."""
        if message.looking_at in {"", self.looking_at}:
            return []
        self.looking_at = message.looking_at
        return [self._input.view(message)]

    @property
    def _input(self) -> ModelInput:
        return ModelInput(self.thread.in_slack, self.bot_user_id, self.names)

    # What people are told and think

    def keep_untold(self, answer: Deliver) -> None:
        """Keeps an answer that the thread does not take. It is delivered with the next turn, or later by itself."""
        self.untold = [*self.untold, answer.in_doubt()][-UNTOLD_KEPT:]
        self.times_told_later = 0
        while sum(size_of(one.text) for one in self.untold) > UNTOLD_BYTES:
            del self.untold[0]

    def forget_untold(self, answer: Deliver) -> None:
        """Forgets a kept answer: the thread holds it now, or it was given up."""
        self.untold = [one for one in self.untold if one is not answer]

    def give_up_untold(self) -> list[str]:
        """Forgets all kept answers, and returns their keys."""
        given_up, self.untold, self.times_told_later = self.untold, [], 0
        return [one.key for one in given_up]

    def take_back_untold(self, change: MessageChange) -> None:
        """Forgets a kept answer whose question was deleted."""
        if change.deleted:
            self.untold = [one for one in self.untold if one.answers != [change.ts]]

    def preface(self, unseen: Sequence[UserMessage]) -> str:
        """Markdown that goes before an answer to questions that nobody can read in the thread: the first of them."""
        lines = [f"> <@{message.user}> asks: {_shortened(message.text)}" for message in unseen[:QUESTIONS_QUOTED]]
        if len(unseen) > QUESTIONS_QUOTED:
            lines.append(f"> … and {len(unseen) - QUESTIONS_QUOTED} more questions")
        return "\n".join([*lines, "", ""]) if lines else ""

    def note_feedback(self, feedback: Feedback) -> bool:
        """Keeps each person's newest opinion of a turn; returns whether it is that person's first one of the turn."""
        before = [one for one in self.feedback if (one.turn, one.user) == (feedback.turn, feedback.user)]
        if any(float(one.at) >= float(feedback.at) for one in before):
            return False
        kept = [one for one in self.feedback if one not in before]
        self.feedback = [*kept, feedback][-FEEDBACK_KEPT:]
        return not before


def _shortened(text: str) -> str:
    """The text on one line, or its first words and "…"."""
    line = " ".join(text.split())
    return line if len(line) <= QUESTION_CHARACTERS else whole_words(line, QUESTION_CHARACTERS) + ELLIPSIS
