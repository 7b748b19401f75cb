"""The conversation itself, as plain data: what was said, what waits, what was seen, and the rules of the transcript.

Pure: no clock, no ids, no I/O. The transcript grows at its end only; whatever changes its past gives it a new `epoch`,
so that a worker's cached copy of it can never be mistaken for the present one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from agent_worker import slack_text
from agent_worker.contract import Start, Thread, UserMessage
from agent_worker.governor import Governor
from agent_worker.requests import Content, Opened, ReadTranscript, ToolCall, TranscriptPage

SEEN_MESSAGES = 2_000  # Slack redelivers for a day at most; a thread does not get more messages in that time
CARRIED_BYTES = 1_700_000  # by a continue-as-new; a payload above 2 MB would wedge the conversation for ever
PAGE_BYTES = 900_000  # a query result above 2 MB is refused
TRANSCRIPT_BYTES = 600_000  # above it, older turns give way to a summary
INBOX_BYTES = 200_000  # of messages that are taken at once
WAITING_BYTES = 10_000_000  # of the whole inbox; what is taken from it goes into history, which ends at 50 MB
ENVELOPE_BYTES = 200  # of a message beside its text
LEFT_OUT = "(This message was left out: too much was waiting to be read.)"
RESULTS_BYTES = 400_000  # of all tool results that one model call is given
TURN_BYTES = 800_000  # of one turn: with the rest of the transcript, still within one payload


@dataclass
class Conversation:
    """One Slack thread's conversation; everything a continue-as-new has to carry is in here."""

    thread: Thread
    epoch: str
    model: str = ""
    bot_user_id: str = ""
    entries: list[Content] = field(default_factory=list)
    inbox: list[UserMessage] = field(default_factory=list)
    waiting: int = 0  # bytes of the inbox's texts
    seen: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    earlier: str = ""  # what the thread said before the agent joined; goes before the first message
    size: int = 0  # bytes of all entries
    governor: Governor = field(default_factory=Governor)
    poisoned_turns: int = 0  # so many in a row
    confirmed: int = 0  # so many entries a worker may already hold; it reads the others of these through a query
    turn_start: int = 0  # index of the running turn's first entry
    prompt_tokens: int = 0  # what the last model call counted

    def open(self, opened: Opened) -> None:
        """Takes over what the worker says; a model once chosen stays, because its thought signatures are its own."""
        self.model = self.model or opened.model
        self.bot_user_id = opened.bot_user_id
        self.names |= opened.names
        self.earlier = opened.earlier
        self._keep_waiting([message for message in self.inbox if message.ts not in opened.answered])

    # Messages

    def receive(self, message: UserMessage) -> None:
        """Puts a message in the inbox, once: mentions arrive twice, and Slack redelivers."""
        if message.ts in self.seen:
            return
        self.seen = [*self.seen, message.ts][-SEEN_MESSAGES:]
        size = size_of(message.text)
        if self.waiting + size > WAITING_BYTES:
            message = message.model_copy(update={"text": LEFT_OUT})
            size = size_of(LEFT_OUT)
        self.waiting += size
        self.inbox.append(message)

    def take_messages(self) -> list[UserMessage]:
        """The messages that come next, in Slack's order: that of their arrival is not reliable."""
        waiting = sorted(self.inbox, key=lambda message: message.ts)
        sizes = accumulate(size_of(message.text) for message in waiting)
        count = max(1, sum(size <= INBOX_BYTES for size in sizes))
        self._keep_waiting(waiting[count:])
        return waiting[:count]

    def _keep_waiting(self, messages: list[UserMessage]) -> None:
        self.inbox = messages
        self.waiting = sum(size_of(message.text) for message in messages)

    def unknown_ids(self, messages: Sequence[UserMessage]) -> list[str]:
        """Slack ids of authors, mentioned people and channels whose names are not known yet."""
        if not self.thread.in_slack:
            return []
        ids = [slack_id for message in messages for slack_id in (message.user, *_mentioned(message.text))]
        return [slack_id for slack_id in dict.fromkeys(ids) if slack_id not in {*self.names, self.bot_user_id}]

    def read(self, message: UserMessage) -> str:
        """A message's text as a person reads it, without the mention of the bot itself."""
        if not self.thread.in_slack:
            return message.text
        return slack_text.plain(message.text, bot_user_id=self.bot_user_id, names=self.names)

    def says_nothing(self, messages: Sequence[UserMessage]) -> bool:
        """Whether the agent was mentioned and nothing else."""
        return not any(self.read(message) for message in messages)

    # Transcript

    def start_turn(self) -> None:
        self.turn_start = len(self.entries)

    def add_user_messages(self, messages: Sequence[UserMessage]) -> None:
        lines = [self._line(message) for message in messages]
        if self.earlier:
            lines.insert(0, f"[What was said in this thread before:]\n{self.earlier}\n[End of what was said before.]")
            self.earlier = ""
        self._add({"role": "user", "parts": [{"text": line} for line in lines]})

    def _line(self, message: UserMessage) -> str:
        text = self.read(message) or "(no words)"  # Gemini takes no empty text
        is_alone = message.direct or not self.thread.in_slack
        return text if is_alone else f"{self.names.get(message.user, message.user)}: {text}"

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
        messages = sum(size_of(message.text) + ENVELOPE_BYTES for message in self.inbox)
        others = [self.seen, self.names, self.earlier]
        return self.size + messages + size_of(others) < CARRIED_BYTES

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
        self.prompt_tokens = 0


class Run(Start):
    """What a run of the workflow is given: a start as the bot sends it, or what the run before it carried over."""

    carried: Conversation | None = None


def is_question(entry: Content) -> bool:
    """Whether a person said this entry (tool results are written in the user's role too)."""
    return entry["role"] == "user" and not any("functionResponse" in part for part in entry["parts"])


def fair_limit(sizes: Sequence[int], room: int) -> int:
    """How large one may be, so that all that are not larger fit into `room`; small ones leave theirs to the others."""
    for count, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size > room // count:
            return room // count
        room -= size
    return max(sizes, default=room)


def size_of(value: object) -> int:
    """Bytes of a JSON value as it is stored."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _mentioned(text: str) -> list[str]:
    return [*slack_text.user_mentions(text), *slack_text.channel_mentions(text)]


def _response(call: ToolCall, result: Mapping[str, Any], limit: int) -> dict[str, Any]:
    if size_of(result) > limit:
        result = {"error": f"the result was too large to read (over {limit // 1000} kB); ask for less"}
    response: dict[str, Any] = {"name": call.name, "response": dict(result)}
    return response if call.id is None else {"id": call.id, **response}
