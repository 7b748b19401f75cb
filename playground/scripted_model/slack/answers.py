"""Each question about Slack: which calls it takes, and the answer from what they returned. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from playground.scripted_model.language.dates import Span, span_in
from playground.scripted_model.question import Question
from playground.scripted_model.request.surroundings import HERE
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Call, Turn
from playground.scripted_model.slack.decisions import decided, worth_reading
from playground.scripted_model.slack.knowledge import who_knows
from playground.scripted_model.slack.lines import (
    Line,
    called,
    errors_in,
    left_out_in,
    lines_in,
    output_of,
    paragraphs,
    place_of,
)
from playground.scripted_model.slack.summaries import quotation, refused, summary
from playground.scripted_model.slack.tool_names import FIND_CHANNELS, FIND_PEOPLE, READ_CHANNEL, READ_THREAD, SEARCH
from text.json_shapes import mappings, string

_CHANNEL = re.compile(r"#([\w.-]*\w)")
_ABOUT = re.compile(r"\babout\s+(?P<what>[^?\n]*\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Read(Question):
    """What a channel or a thread says, in short, or one message of it word for word."""

    tool: str
    arguments: Mapping[str, str]
    now: datetime | None
    is_quoted: bool = False

    def calls(self, _turn: Turn, _declared: Tools, /) -> list[Call]:
        return [(self.tool, self.arguments)]

    def answer(self, turn: Turn) -> str:
        responses = turn.results_of(self.tool)
        if errors := errors_in(responses):
            return refused(" ".join(errors))
        lines = lines_in(responses)
        said = quotation(lines, self.now) if self.is_quoted else summary(lines, self.now)
        link = self.arguments.get("link")
        return paragraphs(said, left_out_in(responses), f"[The message]({link})" if link else "")

    def going_on(self, text: str, /) -> Question | None:
        """Another channel, or another time."""
        channel = _channel_in(text)
        times = span_in(text, self.now).arguments
        if self.tool != READ_CHANNEL or not (channel or times):
            return None
        known = {name: value for name, value in self.arguments.items() if not times or name == "channel"}
        return replace(self, arguments={**known, **({"channel": channel} if channel else {}), **times})


@dataclass(frozen=True)
class Decided(Question):
    """What was decided in a channel; of the threads below what was said there, a few are read, too."""

    channel: str
    span: Span
    now: datetime | None

    def calls(self, turn: Turn, declared: Tools) -> list[Call]:
        first: Call = (READ_CHANNEL, {"channel": self.channel, **self.span.arguments})
        threads = worth_reading(lines_in(turn.results_of(READ_CHANNEL))) if READ_THREAD in declared else []
        return [first, *((READ_THREAD, {"link": link}) for link in threads)]

    def answer(self, turn: Turn) -> str:
        said, threads = turn.results_of(READ_CHANNEL), turn.results_of(READ_THREAD)
        if errors := errors_in(said):
            return refused(" ".join(errors))
        lines = lines_in([*said, *threads])
        where = place_of(said) or "this channel"
        when = f" {self.span.called}" if self.span.called else ""
        if found := decided(lines, self.now):
            head = f"This looks decided in {where}{when}:"
        else:
            head = f"I found nothing that looks decided in {where}{when}, in {_count(lines)}."
        return paragraphs([head, *found], left_out_in([*said, *threads]), errors_in(threads))

    def going_on(self, text: str, /) -> Question | None:
        """In another channel, or in another time."""
        channel, span = _channel_in(text), span_in(text, self.now)
        if not (channel or span.called):
            return None
        return replace(self, channel=channel or self.channel, span=span if span.called else self.span)


@dataclass(frozen=True)
class Known(Question):
    """Who knows about something: found by a search, or in one channel where no search finds anything; and by titles.

    `channel` is as the tools take it, and `called` its name with the #; "" if the question names none so.
    """

    subject: str
    channel: str
    called: str
    taking_part: frozenset[str]
    now: datetime | None

    def calls(self, turn: Turn, declared: Tools) -> list[Call]:
        said: Call = (READ_CHANNEL, {"channel": self.channel or HERE})
        if self._is_searched(turn, declared):
            said = (SEARCH, {"query": self.subject})
        where = {"channel": self.channel} if self.channel else {}
        people: list[Call] = [(FIND_PEOPLE, {"query": self.subject, **where})] if FIND_PEOPLE in declared else []
        return [said, *people]

    def answer(self, turn: Turn) -> str:
        said = turn.results_of(READ_CHANNEL) or turn.results_of(SEARCH)
        titled = turn.results_of(FIND_PEOPLE)
        people = [one for response in titled for one in mappings(output_of(response).get("people"))]
        lines = self._of_the_channel(lines_in(said))
        found = who_knows(self.subject, lines, people, self.taking_part, self.now)
        is_one_channel = self.channel or turn.results_of(READ_CHANNEL)
        where = f" in {self.called or 'this channel'}" if is_one_channel else ""
        if found:
            head = f"About “{self.subject}”{where}:"
        else:
            head = f"I found nobody who seems to know about “{self.subject}”{where}."
        return paragraphs([head, *found], left_out_in([*said, *titled]), errors_in([*said, *titled]))

    def going_on(self, text: str, /) -> Question | None:
        """About something else."""
        about = _ABOUT.search(text)
        return replace(self, subject=about["what"].strip(" .!")) if about else None

    def _is_searched(self, turn: Turn, declared: Tools) -> bool:
        """Whether a search is the way: no channel without a name is meant, and none has failed or found nothing."""
        if self.channel and not self.called:
            return False
        if not (searched := turn.results_of(SEARCH)):
            return SEARCH in declared
        return not errors_in(searched) and bool(not self.called or self._of_the_channel(lines_in(searched)))

    def _of_the_channel(self, lines: list[Line]) -> list[Line]:
        """A search finds in all channels; of its results, those of the channel that the question names."""
        return [line for line in lines if not self.called or line.channel in {"", self.called}]


@dataclass(frozen=True)
class Sought(Question):
    """People or channels that are looked for by words."""

    tool: str
    arguments: Mapping[str, str]
    taking_part: frozenset[str] = field(default_factory=frozenset)

    def calls(self, _turn: Turn, _declared: Tools, /) -> list[Call]:
        return [(self.tool, self.arguments)]

    def answer(self, turn: Turn) -> str:
        responses = turn.results_of(self.tool)
        if errors := errors_in(responses):
            return refused(" ".join(errors))
        outputs = [output_of(response) for response in responses]
        rows = [self._person(one) for output in outputs for one in mappings(output.get("people"))]
        rows += [_channel(one) for output in outputs for one in mappings(output.get("channels"))]
        kind = "channel" if self.tool == FIND_CHANNELS else "person"
        query = self.arguments["query"]
        sought = f" for “{query}”" if query else ""
        head = f"I found{sought}:" if rows else f"I found no {kind}{sought}."
        return paragraphs([head, *rows], left_out_in(responses))

    def _person(self, one: Mapping[str, Any]) -> str:
        name = called(string(one.get("person")), string(one.get("id")), self.taking_part)
        told = [string(one.get(field)) for field in ("full_name", "title", "time_zone")]
        return f"- {name}: {', '.join(filter(None, told))}"


def _channel_in(text: str) -> str:
    """The channel that the text names, without its #; "" if it names none."""
    return found[1] if (found := _CHANNEL.search(text)) else ""


def _channel(one: Mapping[str, Any]) -> str:
    told = [string(one.get(field)) for field in ("topic", "purpose")]
    return f"- **{string(one.get('channel'))}**: {'. '.join(filter(None, told)) or 'no topic'}"


def _count(lines: list[Line]) -> str:
    return "1 message" if len(lines) == 1 else f"{len(lines)} messages"
