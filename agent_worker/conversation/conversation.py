"""The conversation itself, as plain data: what was said, what waits, what was seen, and the rules of the transcript.

Pure: no clock, no ids, no I/O. The transcript grows at its end only; whatever changes its past gives it a new `epoch`,
so that a worker's cached copy of it can never be mistaken for the present one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from agent_worker.contract.messages import Feedback, MessageChange, Start, Thread, UserMessage
from agent_worker.conversation.inbox import Inbox
from agent_worker.conversation.model_input import Hearing, ids_in
from agent_worker.conversation.turn_limits import Governor
from agent_worker.payloads.limits import fair_limit, size_of
from agent_worker.payloads.model import Content, ReadTranscript, ToolCall, TranscriptPage
from agent_worker.payloads.opening import Opened
from agent_worker.payloads.thread import Answered

CARRIED_BYTES = 1_700_000  # by a continue-as-new; a payload above 2 MB would wedge the conversation for ever
PAGE_BYTES = 900_000  # a query result above 2 MB is refused
TRANSCRIPT_BYTES = 600_000  # above it, older turns give way to a summary
FIRST_WORDS = 1_000  # characters
FEEDBACK_KEPT = 100  # clicks; they are stored with what Temporal lists of the conversation
RESULTS_BYTES = 400_000  # of all tool results that one model call is given
TURN_BYTES = 800_000  # of one turn: with the rest of the transcript, still within one payload


@dataclass(kw_only=True)
class Conversation(Inbox):
    """One Slack thread's conversation; everything a continue-as-new has to carry is in here."""

    thread: Thread
    epoch: str
    model: str = ""
    bot_user_id: str = ""
    entries: list[Content] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    earlier: str = ""  # what the thread said before the agent joined; goes before the first message
    size: int = 0  # bytes of all entries
    governor: Governor = field(default_factory=Governor)
    poisoned_turns: int = 0  # so many in a row
    confirmed: int = 0  # so many entries a worker may already hold; it reads the others of these through a query
    turn_start: int = 0  # index of the running turn's first entry
    prompt_tokens: int = 0  # what the last model call counted
    title: str = ""
    first_words: str = ""  # what the title is made from
    looking_at: str = ""  # the channel that somebody had open when writing last
    last: Answered | None = None  # the turn that can be tried again
    feedback: list[Feedback] = field(default_factory=list)

    def open(self, opened: Opened) -> None:
        """Takes over what the worker says; a model once chosen stays, because its thought signatures are its own."""
        self.model = self.model or opened.policy.gemini_model
        self.bot_user_id = opened.bot_user_id
        self.names |= opened.names
        self.earlier = opened.earlier
        self.people.open(opened)
        self._keep_waiting([self.people.judged(message) for message in self.inbox if message.ts not in opened.answered])

    # Messages

    def unknown_ids(self, messages: Sequence[UserMessage]) -> list[str]:
        """Slack ids of authors, mentioned people and channels whose names are not known yet."""
        if not self.thread.in_slack:
            return []
        ids = [slack_id for message in messages for slack_id in ids_in(message)]
        return [slack_id for slack_id in dict.fromkeys(ids) if slack_id not in {*self.names, self.bot_user_id}]

    def read(self, message: UserMessage) -> str:
        """A message as a person reads it, with what is attached to it, without the mention of the bot itself."""
        return self._hearing.read(message)

    @property
    def _hearing(self) -> Hearing:
        return Hearing(self.thread.in_slack, self.bot_user_id, self.names)

    def says_nothing(self, messages: Sequence[UserMessage]) -> bool:
        """Whether the agent was mentioned and nothing else."""
        return not any(self.read(message) or message.files for message in messages)

    def preface(self, unseen: Sequence[UserMessage]) -> str:
        """Markdown that tells the thread what was asked where nobody could read it."""
        lines = [f"> <@{message.user}> asks: {' '.join(message.text.split())}" for message in unseen]
        return "\n".join([*lines, "", ""]) if lines else ""

    # Transcript

    def start_turn(self) -> None:
        self.turn_start = len(self.entries)

    def add_user_messages(self, messages: Sequence[UserMessage]) -> None:
        parts = [part for message in messages for part in [*self._view(message), *self._hearing.parts(message)]]
        if self.earlier:
            before = f"[What was said in this thread before:]\n{self.earlier}\n[End of what was said before.]"
            parts.insert(0, {"text": before})
            self.earlier = ""
        if messages:
            self.first_words = self.first_words or self.read(messages[0])[:FIRST_WORDS]
        self._add({"role": "user", "parts": parts})

    def add_changes(self, changes: Sequence[MessageChange | UserMessage]) -> None:
        """What became of messages that the model has read already."""
        self._add({"role": "user", "parts": [part for change in changes for part in self._hearing.changed(change)]})

    def _view(self, message: UserMessage) -> list[dict[str, Any]]:
        """Which channel its author sees beside the conversation, where that has changed."""
        if message.looking_at in {"", self.looking_at}:
            return []
        self.looking_at = message.looking_at
        return [self._hearing.view(message)]

    def may_steer(self) -> bool:
        """Whether the running turn has room for more messages; otherwise they form the next one."""
        return self._turn_size() < RESULTS_BYTES

    def _turn_size(self) -> int:
        return sum(map(size_of, self.entries[self.turn_start :]))

    def add_answer(self, content: Content) -> None:
        self._add(content)
        self.poisoned_turns = 0

    def add_tool_results(self, content: Content, calls: Sequence[ToolCall], results: Sequence[dict[str, Any]]) -> None:
        """The model's calls and all their results, together: Gemini takes no call without its response beside it."""
        self._add(content)
        room = min(RESULTS_BYTES, max(TURN_BYTES - self._turn_size(), 0))
        limit = fair_limit([size_of(result) for result in results], room)
        responses = [_response(call, result, limit) for call, result in zip(calls, results, strict=True)]
        self._add({"role": "user", "parts": [{"functionResponse": response} for response in responses]})

    def _add(self, content: Content) -> None:
        self.entries.append(content)
        self.size += size_of(content)

    def confirm(self, length: int, prompt_tokens: int) -> None:
        """Notes that a model call was given the first `length` entries."""
        self.confirmed, self.prompt_tokens = length, prompt_tokens

    def end_failed_turn(self, sentence: str, *, poisoned: bool, epoch: str) -> None:
        """Leaves of a failed turn the question and what was said about it; nothing, where the question is the cause.

        A second such turn in a row means that the cause is further back: then the conversation starts anew.
        """
        asked = [entry for entry in self.entries[self.turn_start :] if is_question(entry)]
        told = {"role": "model", "parts": [{"text": sentence}]}
        left = [*asked, told] if asked and not poisoned else []
        self.poisoned_turns = self.poisoned_turns + 1 if poisoned else 0
        before = [] if self.poisoned_turns > 1 else self.entries[: self.turn_start]
        self.rewrite([*before, *left], epoch)

    def withdraw_turn(self, epoch: str) -> None:
        """Forgets a turn whose question was taken back."""
        self.rewrite(self.entries[: self.turn_start], epoch)

    def rewind(self, epoch: str) -> None:
        """Leaves of the last turn what was asked, so that it can be answered anew."""
        asked = [entry for entry in self.entries[self.turn_start :] if is_question(entry)]
        self.rewrite([*self.entries[: self.turn_start], *asked], epoch)

    def may_try_again(self, key: str) -> bool:
        """Whether this is the last turn, and its question is still there."""
        return self.last is not None and self.last.key == key and self.has_question

    @property
    def has_question(self) -> bool:
        """Whether what was asked in the present or last turn is in the transcript."""
        return any(map(is_question, self.entries[self.turn_start :]))

    def rewrite(self, entries: list[Content], epoch: str) -> None:
        """Changes the past: cached copies are void from here on, and what is left is read again through a query."""
        self.entries, self.epoch, self.confirmed = entries, epoch, len(entries)
        self.size = sum(map(size_of, entries))

    def page(self, request: ReadTranscript) -> TranscriptPage:
        """Entries from `start` on, up to `end` or about 1 MB, at least one."""
        if request.epoch != self.epoch:
            return TranscriptPage(entries=[], stale=True)
        wanted = self.entries[request.start : request.end]
        sizes = accumulate(size_of(entry) for entry in wanted)
        count = max(1, sum(size <= PAGE_BYTES for size in sizes))
        return TranscriptPage(entries=wanted[:count])

    def fits_one_payload(self) -> bool:
        """Whether all of it can be carried over; if not, turns go on until the inbox is shorter."""
        noted = [one.model_dump() for one in [*self.feedback, *self.ahead]]
        others = [
            self.seen,
            self.names,
            self.earlier,
            self.people.refused,
            self.people.spoken,
            noted,
        ]
        return self.size + self.inbox_bytes + size_of(others) < CARRIED_BYTES

    # Compaction

    def is_too_long(self, context_tokens: int) -> bool:
        """Whether older turns have to give way to a summary."""
        return self.prompt_tokens > context_tokens or self.size > TRANSCRIPT_BYTES

    def cut(self) -> int:
        """Where the recent part begins: at a question, so that no call loses its response. 0: nothing can go."""
        questions = [i for i in range(1, len(self.entries)) if self._opens_turn(i)]
        before = [0, *accumulate(map(size_of, self.entries))]
        recent = [i for i in questions if self.size - before[i] <= self.size // 4]
        return (recent or questions[-1:] or [0])[0]

    def _opens_turn(self, index: int) -> bool:
        return is_question(self.entries[index]) and self.entries[index - 1]["role"] == "model"

    def replace_older(self, cut: int, summary: str, epoch: str) -> None:
        text = f"[Summary of our conversation so far:]\n{summary}\n[End of the summary.]"
        self.rewrite([{"role": "user", "parts": [{"text": text}]}, *self.entries[cut:]], epoch)
        self.turn_start = max(self.turn_start - cut + 1, 1)
        self.prompt_tokens = 0

    # Feedback

    def note_feedback(self, feedback: Feedback) -> bool:
        """Keeps the newest of each person and turn; whether this is that person's first one for the turn."""
        before = [one for one in self.feedback if (one.turn, one.user) == (feedback.turn, feedback.user)]
        if any(float(one.at) >= float(feedback.at) for one in before):
            return False
        kept = [one for one in self.feedback if one not in before]
        self.feedback = [*kept, feedback][-FEEDBACK_KEPT:]
        return not before


class Run(Start):
    """What a run of the workflow is given: a start as the bot sends it, or what the run before it carried over."""

    carried: Conversation | None = None


def is_question(entry: Content) -> bool:
    """Whether a person said this entry (tool results are written in the user's role too)."""
    return entry["role"] == "user" and not any("functionResponse" in part for part in entry["parts"])


def _response(call: ToolCall, result: Mapping[str, Any], limit: int) -> dict[str, Any]:
    if size_of(result) > limit:
        result = {"error": f"the result was too large to read (over {limit // 1000} kB); ask for less"}
    response: dict[str, Any] = {"name": call.name, "response": dict(result)}
    return response if call.id is None else {"id": call.id, **response}
