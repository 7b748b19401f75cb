"""The model that all contenders ask: it derives each answer from the request alone, and takes a set time for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.stubs.questions import KINDS, Kind, Question, answer, finding
from emulators.gemini.answers import Answer, Said, calls, text
from emulators.gemini.faults import slow
from emulators.gemini.request import Content, ModelRequest, content_text, function_responses

ALERTS, IP_ADDRESS, LOCATION = "get_weather_alerts", "get_ip_address", "get_location_info"
_NAME = re.compile(rf"\b({'|'.join(KINDS)})-(\d+):")
_POSTAL_CODES = {"New York": "NY"}


class StubModel:
    """`seconds` is the time before the first word of an answer; the rest follows at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def answer(self, request: ModelRequest) -> Answer:
        said = _reply(request)
        return slow(said, self.seconds) if self.seconds else said


def _reply(request: ModelRequest) -> Said:
    question, results = open_question(request.contents)
    match question.kind:
        case "chain":
            return _next_in_chain(question, results)
        case "pair" if not results:
            return calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": "CA"}))
        case "pair":
            return text(answer(question, tuple(map(_finding, results))))
        case _:
            return text(answer(question))


def _next_in_chain(question: Question, results: list[Mapping[str, Any]]) -> Said:
    """Each call takes its argument from the result before it, so that only a real chain leads to the answer."""
    match results:
        case []:
            return calls((IP_ADDRESS, {}))
        case [address]:
            return calls((LOCATION, {"ipaddress": address["ip_address"]}))
        case [_, place]:
            return calls((ALERTS, {"state": _POSTAL_CODES[place["region"]]}))
        case [_, _, *alerts]:
            return text(answer(question, tuple(map(_finding, alerts))))
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
