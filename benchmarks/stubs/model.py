"""The model that all contenders ask: it derives each answer from the request alone, and takes a set time for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.stubs.questions import KINDS, REAL_SIZES, Kind, Question, answer, finding
from emulators.gemini.answers import Answer, Call, Said, Text, calls, text
from emulators.gemini.faults import slow
from emulators.gemini.pace import Moments, Paced
from emulators.gemini.request import Content, ModelRequest, content_text, function_responses
from emulators.gemini.response_body import part_tokens

ALERTS, IP_ADDRESS, LOCATION = "get_weather_alerts", "get_ip_address", "get_location_info"
_NAME = re.compile(rf"\b({'|'.join(KINDS)})-(\d+):")
_POSTAL_CODES = {"New York": "NY"}


@dataclass(frozen=True)
class ModelCall:
    """One call of the model, what it was answered with, and when its tokens were written."""

    request: ModelRequest
    question: Question
    said: Said
    moments: Moments

    @property
    def is_final(self) -> bool:
        """Whether it was answered with a text and not with a call of a tool."""
        return all(isinstance(part, Text) for part in self.said.parts)

    @property
    def tokens(self) -> int:
        """The tokens of the answer."""
        return sum(map(_tokens, self.said.parts))


class StubModel:
    """`seconds` is the time before the first word of an answer.

    With 0 `tokens_per_second` the rest follows at once. Otherwise it follows at this speed, the answers have the sizes
    of real ones, and `calls` has every call.
    """

    def __init__(self, seconds: float = 0.0, tokens_per_second: float = 0.0) -> None:
        self.seconds = seconds
        self.tokens_per_second = tokens_per_second
        self.calls: list[ModelCall] = []

    @property
    def sizes(self) -> Mapping[Kind, int]:
        """How long the answers are that have a size, in tokens."""
        return REAL_SIZES if self.tokens_per_second else {}

    def answer(self, request: ModelRequest) -> Answer:
        question, results = open_question(request.contents)
        said = _reply(question, results, self.sizes)
        answer = self.at_pace(said)
        if isinstance(answer, Paced):
            self.calls.append(ModelCall(request, question, said, answer.moments))
        return answer

    def at_pace(self, said: Said) -> Answer:
        """The answer in its time."""
        if self.tokens_per_second:
            return Paced(said=said, seconds=self.seconds, tokens_per_second=self.tokens_per_second)
        return slow(said, self.seconds) if self.seconds else said


def _tokens(part: Text | Call) -> int:
    written = (
        {"text": part.text} if isinstance(part, Text) else {"functionCall": {"name": part.name, "args": part.args}}
    )
    return part_tokens(written)


def _reply(question: Question, results: list[Mapping[str, Any]], sizes: Mapping[Kind, int]) -> Said:
    match question.kind:
        case "chain":
            return _next_in_chain(question, results, sizes)
        case "pair" if not results:
            return calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": "CA"}))
        case "pair":
            return text(answer(question, tuple(map(_finding, results)), sizes))
        case _:
            return text(answer(question, sizes=sizes))


def _next_in_chain(question: Question, results: list[Mapping[str, Any]], sizes: Mapping[Kind, int]) -> Said:
    """Each call takes its argument from the result before it, so that only a real chain leads to the answer."""
    match results:
        case []:
            return calls((IP_ADDRESS, {}))
        case [address]:
            return calls((LOCATION, {"ipaddress": address["ip_address"]}))
        case [_, place]:
            return calls((ALERTS, {"state": _POSTAL_CODES[place["region"]]}))
        case [_, _, *alerts]:
            return text(answer(question, tuple(map(_finding, alerts)), sizes))
    raise AssertionError("unreachable")


def _finding(report: Mapping[str, Any]) -> str:
    return finding(report["area_name"], report["total"])


def open_question(contents: list[Content]) -> tuple[Question, list[Mapping[str, Any]]]:
    """The last question in the conversation, and the tool results after it; raises ValueError without a question."""
    results: list[Mapping[str, Any]] = []
    for content in reversed(contents):
        responses = function_responses(content)
        results[:0] = [response["response"]["output"] for response in responses]
        names = _NAME.findall(content_text(content)) if content.get("role") == "user" and not responses else []
        if names:
            kind, number = names[-1]
            return Question(_kind(kind), int(number)), results
    raise ValueError("nobody has asked anything")


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind == name)
