"""The transcript: what the model is given of a conversation, and the rules by which it grows and shrinks. Pure.

It grows at its end only. Whatever changes its past gives it a new `epoch`, so that a worker's cached copy of the old
past can never be mistaken for the present one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from typing import Any

from agent_worker.conversation.transcript import origins
from agent_worker.conversation.transcript.origins import Part
from agent_worker.conversation.transcript.signatures import without_signatures
from agent_worker.conversation.transcript.taken_back import is_question, is_summary, restored, without, without_answers
from agent_worker.conversation.wording import model_form
from agent_worker.payloads.model import FILE_PART, FILES, Content, ReadTranscript, ToolCall, TranscriptPage
from agent_worker.payloads.storage_limits import fair_limit, size_of

OUTCOME = "outcome"  # in the result of a call that people decide about: what they have decided, or WAITING
WAITING = "waiting"
WAITING_FOR = "waiting_for"  # in the result of a call that people were asked about: the mark by which it is found again
PAGE_BYTES = 900_000  # of one query result; Temporal refuses more than 2 MB
LARGEST_TRANSCRIPT = 600_000  # bytes; above it, older turns give way to a summary
RESULTS_BYTES = 400_000  # of all tool results that one model call is given
TURN_BYTES = 800_000  # of one turn: together with the rest of the transcript it still fits into one payload
SUMMARISED_BYTES = 200_000  # of what people have written and a summary has replaced; the newest is kept


@dataclass(kw_only=True)
class Transcript:
    """Entries in the order in which they were said: questions, answers, tool calls and their results.

    `origins` has, beside each entry, the message that each of its parts comes from (`origins.py`); it may be shorter.
    """

    epoch: str
    entries: list[Content] = field(default_factory=list)
    origins: list[list[str]] = field(default_factory=list)
    size: int = 0  # bytes of all entries
    confirmed: int = 0  # number of entries that a worker may hold already; it reads missing ones through a query
    turn_start: int = 0  # index of the running turn's first entry
    prompt_tokens: int = 0  # of the last model call, as Gemini counted them
    poisoned_turns: int = 0  # number of turns in a row whose question Gemini refused
    summarised: list[Content] = field(default_factory=list)  # the questions that the summary was made of
    forgotten_until: str = ""  # the `ts` of the newest message that a summary was made of and that is not kept

    # It grows

    def start_turn(self) -> None:
        self.turn_start = len(self.entries)

    def add(self, content: Content) -> None:
        """Adds an entry; the parts of what people have said are marked."""
        self.origins += [[] for _ in range(len(self.entries) - len(self.origins))]
        self.origins.append(origins.of(content))
        self.entries.append(origins.plain(content))
        self.size += size_of(self.entries[-1])

    def add_answer(self, content: Content) -> None:
        self.add(content)
        self.poisoned_turns = 0

    def add_tool_results(self, content: Content, calls: Sequence[ToolCall], results: Sequence[dict[str, Any]]) -> None:
        """Adds the model's calls and all their results: Gemini takes no call without its response right after it.

        The files of the results are parts beside the responses, so whoever forgets the results forgets them, too.
        """
        self.add(content)
        room = min(RESULTS_BYTES, self.room)
        limit = fair_limit([size_of(result) for result in results], room)
        responses = [_response(call, result, limit) for call, result in zip(calls, results, strict=True)]
        files = [file for result in results for file in result.get(FILES, [])]
        parts = [{"functionResponse": response} for response in responses] + [{FILE_PART: file} for file in files]
        self.add({"role": "user", "parts": parts})

    def ends_with_responses(self, results: Mapping[str, Any]) -> bool:
        """Whether the calls with these marks (`waiting_for`) are what was said last."""
        return bool(self.entries) and any(mark in results for mark in _marks(self.entries[-1]))

    def exchange_responses(self, results: Mapping[str, dict[str, Any]], epoch: str) -> bool:
        """Puts results in the place of those that say that people were asked, by their mark; whether any was found."""
        if not any(mark in results for entry in self.entries for mark in _marks(entry)):
            return False
        limit = fair_limit([size_of(result) for result in results.values()], RESULTS_BYTES)
        self._rewrite([_exchanged(entry, results, limit) for entry in self._marked], epoch)
        return True

    def has_room_for_messages(self) -> bool:
        """Whether the running turn may take up more messages; otherwise they form the next turn."""
        return self._turn_size() < RESULTS_BYTES

    @property
    def room(self) -> int:
        """Bytes by which the running turn may still grow."""
        return max(TURN_BYTES - self._turn_size(), 0)

    def _turn_size(self) -> int:
        return sum(map(size_of, self.entries[self.turn_start :]))

    def confirm(self, length: int, prompt_tokens: int) -> None:
        """Notes that a model call was given the first `length` entries."""
        self.confirmed, self.prompt_tokens = length, prompt_tokens

    # It is read

    @property
    def has_question(self) -> bool:
        """Whether the question of the running or last turn is in the transcript, or what people have decided."""
        parts = [part for entry in self.questions for part in entry["parts"]]
        return self._goes_on or any(origins.origin(part) != origins.REMARK for part in parts)

    @property
    def _goes_on(self) -> bool:
        """Whether the running or last turn goes on from calls of which people have decided."""
        before = self.entries[: self.turn_start][-1:]
        return any("functionResponse" in part for entry in before for part in entry["parts"])

    def page(self, request: ReadTranscript) -> TranscriptPage:
        """Entries from `start` up to `end`, as many as PAGE_BYTES hold, but at least one; stale for another epoch."""
        if request.epoch != self.epoch:
            return TranscriptPage(entries=[], stale=True)
        wanted = self.entries[request.start : request.end]
        sizes = accumulate(size_of(entry) for entry in wanted)
        count = max(1, sum(size <= PAGE_BYTES for size in sizes))
        return TranscriptPage(entries=wanted[:count])

    # Its past changes

    def end_failed_turn(self, sentence: str, *, poisoned: bool, epoch: str) -> None:
        """Keeps of a failed turn its question, what people have decided, and the `sentence` that people were told.

        A `poisoned` turn, whose question is the cause, leaves nothing. If the turn before was poisoned, too, the cause
        is further back: then the whole transcript is dropped.
        """
        asked = self.questions
        told = {"role": "model", "parts": [{"text": sentence}]}
        left = [*asked, told] if (asked or self._goes_on) and not poisoned else []
        self.poisoned_turns = self.poisoned_turns + 1 if poisoned else 0
        before = self._marked[: self.turn_start]
        if self.poisoned_turns > 1:
            before, self.summarised, self.forgotten_until = [], [], ""
        self._rewrite([*before, *left], epoch)

    def shorten(self, length: int) -> None:
        """Forgets the entries of the running turn after the first `length`. To be followed by `end_failed_turn`."""
        del self.entries[length:], self.origins[length:]

    def withdraw_turn(self, epoch: str) -> None:
        """Forgets the running turn: its question was deleted."""
        self._rewrite(self._marked[: self.turn_start], epoch)

    def rewind(self, epoch: str) -> None:
        """Keeps of the last turn its question, so that it can be answered anew, and what people have decided.

        What was carried out then must not be carried out again.
        """
        begins = self._decided_until
        self._rewrite([*self._marked[:begins], *filter(is_question, self._marked[begins:])], epoch)

    @property
    def _decided_until(self) -> int:
        """The index behind the last call in the running or last turn that people have decided about."""
        decided = [index + 1 for index, entry in enumerate(self.entries) if _is_decided(entry)]
        return max([self.turn_start, *decided])

    def forget_signatures(self, epoch: str) -> None:
        """Drops the thought signatures of the model that answered so far: another one takes over."""
        self._rewrite(without_signatures(self._marked), epoch)

    @property
    def _marked(self) -> list[Content]:
        """The entries with the marks of their parts."""
        return [origins.marked_entry(entry, marks) for entry, marks in zip_longest(self.entries, self.origins)]

    def holds(self, ts: str) -> bool:
        """Whether the model knows the message `ts`, from itself or from a summary."""
        is_noted = any(ts in marks for marks in self.origins)
        return is_noted or self._is_summarised(ts) or self._unclear_before(ts) > 0

    @property
    def remarks(self) -> list[str]:
        """Our own words in it, oldest first."""
        marked = zip(self.entries, self.origins, strict=False)  # what has no marks is nobody's remark
        parts = [pair for entry, marks in marked for pair in zip(entry["parts"], marks, strict=False)]
        return [part["text"] for part, mark in parts if mark == origins.REMARK and "text" in part]

    def lines_of(self, ts: str) -> list[str]:
        """The lines in which the model has read the message `ts`."""
        return origins.lines_of(self._holding(ts), ts)

    def files_of(self, ts: str) -> list[Part]:
        """The parts that stand for the files of the message `ts`."""
        return origins.files_of(self._holding(ts), ts)

    def _holding(self, ts: str) -> list[Content]:
        """The entries with parts of the message: few of many, and each message is looked for."""
        marked = zip(self.entries, self.origins, strict=False)  # what has no marks is of no message
        return [*self.summarised, *(origins.marked_entry(entry, marks) for entry, marks in marked if ts in marks)]

    def lines_from_newest(self) -> Iterator[str]:
        """All texts in it, the newest first."""
        return (part["text"] for entry in reversed(self.entries) for part in reversed(entry["parts"]) if "text" in part)

    @property
    def questions(self) -> list[Content]:
        """What people have said in the running or last turn, with marks."""
        return [entry for entry in self._marked[self.turn_start :] if is_question(entry)]

    def add_behind(self, ts: str, parts: Sequence[Part], epoch: str) -> None:
        """Adds parts of the message `ts` where the model has read it last."""
        entries = self._marked
        holding = [index for index, entry in enumerate(entries) if origins.holds([entry], ts)]
        if holding and parts:
            entries[holding[-1]] = origins.followed(entries[holding[-1]], ts, parts)
            self._rewrite(entries, epoch)

    def reword(self, ts: str, lines: Mapping[str, str], epoch: str) -> None:
        """Puts other lines of the message `ts` in the place of these, wherever they still are."""
        self._rewrite([origins.reworded(entry, ts, lines) for entry in self._marked], epoch)

    def take_back(self, ts: str, instead: Sequence[Part], *, is_running: bool, epoch: str) -> None:
        """Makes the message `ts` read like the marked parts `instead`, as if the model had never read it otherwise.

        No parts: the message was deleted. What the model has said since goes, too. While the turn `is_running`, what it
        has called in this turn stays, until `forget_turn`.
        """
        entries = self._restored() if self._is_summarised(ts) else self._claimed(ts)
        keeps_from = self.turn_start if is_running else len(entries)
        left = without(entries, ts, instead, keeps_from=keeps_from)
        self.turn_start = sum(entry is not None for entry in left[: self.turn_start])
        self._rewrite([entry for entry in left if entry is not None], epoch)

    def forget_turn(self, epoch: str) -> None:
        """Keeps of the last turn its questions: it knew words that were taken back while it ran."""
        turn = without_answers(self._marked[self.turn_start :])
        self._rewrite([*self._marked[: self.turn_start], *turn], epoch)

    def _is_summarised(self, ts: str) -> bool:
        may_be_forgotten = bool(self.forgotten_until) and float(ts) <= float(self.forgotten_until)
        return may_be_forgotten or origins.holds(self.summarised, ts)

    def _restored(self) -> list[Content]:
        """The entries with what people have written in the place of the summary, which is the first one."""
        questions, entries = restored(self.summarised), self._marked
        self.turn_start = max(self.turn_start - 1, 0) + len(questions)
        self.summarised, self.forgotten_until = [], ""
        return [*questions, *entries[1:]]

    def _unclear_before(self, ts: str) -> int:
        """How many of the first entries may hold the message, though nobody has noted it; 0 if none can.

        What was said before the first message that was noted: release 0.2 noted none.
        """
        entries = self._marked
        noted = next((index for index, entry in enumerate(entries) if origins.messages([entry])), len(entries))
        until = entries[: noted + 1]
        first = origins.messages(until)
        if first and float(ts) >= float(first[0]):
            return 0
        parts = [part for entry in until if is_question(entry) for part in entry["parts"]]
        return len(until) if any(map(origins.is_unclear, parts)) else 0

    def _claimed(self, ts: str) -> list[Content]:
        """The entries; what may hold the message counts as the message."""
        entries, count = self._marked, self._unclear_before(ts)
        return [*(origins.claimed(entry, ts) for entry in entries[:count]), *entries[count:]]

    def _rewrite(self, marked: list[Content], epoch: str) -> None:
        self.origins, self.entries = list(map(origins.of, marked)), list(map(origins.plain, marked))
        self.epoch, self.confirmed = epoch, len(self.entries)
        self.size = sum(map(size_of, self.entries))

    # Compaction

    def is_too_long(self, context_tokens: int) -> bool:
        """Whether older turns have to give way to a summary."""
        return self.prompt_tokens > context_tokens or self.size > LARGEST_TRANSCRIPT

    def cut(self) -> int:
        """The index where the recent quarter begins: at a question, so that no call loses its response.

        0 if nothing can be summarised.
        """
        questions = [i for i in range(1, len(self.entries)) if self._opens_turn(i)]
        before = [0, *accumulate(map(size_of, self.entries))]
        recent = [i for i in questions if self.size - before[i] <= self.size // 4]
        return (recent or questions[-1:] or [0])[0]

    def _opens_turn(self, index: int) -> bool:
        return is_question(self.entries[index]) and self.entries[index - 1]["role"] == "model"

    def replace_older(self, cut: int, summary: str, epoch: str) -> None:
        """Puts the summary in the place of the first `cut` entries."""
        entries = self._marked
        self._keep_summarised([entry for entry in entries[:cut] if is_question(entry)])
        text = model_form.note("Summary of our conversation so far.", text=summary)
        parts = origins.marked([{"text": text}], origins.SUMMARY)
        self._rewrite([{"role": "user", "parts": parts}, *entries[cut:]], epoch)
        self.turn_start = max(self.turn_start - cut + 1, 1)
        self.prompt_tokens = 0

    def _keep_summarised(self, questions: Sequence[Content]) -> None:
        """Keeps what a summary is made of, to make it anew without a message that is taken back."""
        known = [*self.summarised, *(entry for entry in questions if not is_summary(entry))]
        sizes = list(accumulate(size_of(entry) for entry in reversed(known)))
        kept = sum(size <= SUMMARISED_BYTES for size in sizes)
        dropped = origins.messages(known[: len(known) - kept])
        self.summarised = known[len(known) - kept :]
        self.forgotten_until = dropped[-1] if dropped else self.forgotten_until


def _is_decided(entry: Content) -> bool:
    """Whether it holds the result of a call that people have decided about."""
    responses = [part.get("functionResponse", {}).get("response", {}) for part in entry["parts"]]
    return any(response.get(OUTCOME, WAITING) != WAITING for response in responses)


def _marks(entry: Content) -> list[str]:
    """The marks of the results in it that say that people were asked."""
    responses = [part.get("functionResponse", {}).get("response", {}) for part in entry["parts"]]
    return [response[WAITING_FOR] for response in responses if WAITING_FOR in response]


def _exchanged(entry: Content, results: Mapping[str, dict[str, Any]], limit: int) -> Content:
    """The entry with these results, and the files that they have brought."""
    if not any(mark in results for mark in _marks(entry)):
        return entry
    parts: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for part in entry["parts"]:
        response = part.get("functionResponse", {})
        result = results.get(response.get("response", {}).get(WAITING_FOR, ""))
        if result is None:
            parts.append(part)
            continue
        files += [{FILE_PART: file} for file in result.get(FILES, [])]
        parts.append({**part, "functionResponse": {**response, "response": _told(result, limit)}})
    return {**entry, "parts": [*parts, *files]}


def told_together(results: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The results as the model reads them where its calls are not there any more, and the parts of their files."""
    limit = fair_limit([size_of(result) for result in results.values()], RESULTS_BYTES)
    files = [{FILE_PART: file} for result in results.values() for file in result.get(FILES, [])]
    return {name: _told(result, limit) for name, result in results.items()}, files


def _told(result: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """A result as the model reads it."""
    if size_of(result) > limit:
        result = {"error": f"the result was too large to read (over {limit // 1000} kB); ask for less"}
    return {key: value for key, value in result.items() if key != FILES}


def _response(call: ToolCall, result: Mapping[str, Any], limit: int) -> dict[str, Any]:
    response: dict[str, Any] = {"name": call.name, "response": _told(result, limit)}
    return response if call.id is None else {"id": call.id, **response}
