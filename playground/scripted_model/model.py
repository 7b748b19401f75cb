"""The scripted model: a few rules that choose tool calls and answers, so that the agent can be tried without a key."""

from __future__ import annotations

import ipaddress
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer, Said, Text
from emulators.gemini.request import Content, ModelRequest, function_calls, function_responses
from playground.scripted_model.input_lines import asked, remembered
from playground.scripted_model.reports import report
from playground.scripted_model.server_tools import wanted_call
from playground.scripted_model.times import calls_about_time, is_about_time, tells_time
from playground.scripted_model.us_states import state_in, states_in
from text.json_shapes import mapping

ALERTS, IP_ADDRESS, LOCATION = "get_weather_alerts", "get_ip_address", "get_location_info"
Call = tuple[str, Mapping[str, Any]]
Declarations = Mapping[str, Mapping[str, Any]]  # the schema of each declared tool's parameters
WHICH_PLACE = "Which place do you mean? I know those that a time zone is named after, such as Tokyo or New York."
_WEATHER = re.compile(r"\b(weather|alerts?|storms?|warnings?|forecast|hurricanes?|tornado\w*)\b", re.IGNORECASE)
_HERE = re.compile(
    r"\b(where (i am|i'm|am i|we are|are we|are you|you are)|near (me|us)|around here|here|my (area|location|place))\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\b(where|location|located|city|country)\b", re.IGNORECASE)
_IP = re.compile(r"\bip\b", re.IGNORECASE)
_ASKS_FOR_MEMORY = re.compile(
    r"\b(what('s| is| was) my name|who am i|what did i (say|ask|tell)|do you remember|what have i said)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:[Mm]y name is|[Cc]all me|[Ii] am called)\s+([A-Z][\w'-]*)")
_HAIKUS = (
    "A message arrives\nwritten down before it speaks\nnothing will be lost",
    "Quiet thread at night\nthe worker sleeps and wakes up\nstill knowing your words",
    "One question, one turn\nthe answer finds its own way\nand is said just once",
    "Leaves fall, servers too\nhistory keeps every step\nspring comes, we go on",
    "A tool lends its hand\nwind and rain from far away\nfolded into lines",
    "Small talk on the wire\neach word remembered in place\nlike stones in a stream",
)


@dataclass(frozen=True)
class Turn:
    """The messages since the last answer, and the results of the tools since then: pairs of call and response."""

    text: str
    results: Sequence[tuple[dict[str, Any], dict[str, Any]]]

    def result_of(self, tool: str) -> dict[str, Any] | None:
        """The last response of this tool, or None while it has not been called."""
        return next((response for call, response in reversed(self.results) if call["name"] == tool), None)

    @property
    def worth_saying(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The results, without an IP address that was only needed for the next call."""
        is_last = len(self.results) == 1
        return [result for result in self.results if is_last or result[0]["name"] != IP_ADDRESS or "error" in result[1]]

    def has_called(self, tool: str, args: Mapping[str, Any]) -> bool:
        """Whether the tool has been called with these arguments."""
        return any(call["name"] == tool and (call.get("args") or {}) == args for call, _ in self.results)

    def values_given_to(self, tool: str) -> list[Any]:
        """The arguments of all its calls in this turn."""
        return [
            value for call, _ in self.results if call["name"] == tool for value in (call.get("args") or {}).values()
        ]


@dataclass(frozen=True)
class ScriptedModel:
    """Answers every request, slowly enough to be watched.

    `delay` is the time before an answer and `pause` the time between two words of an answer to people, in seconds.
    """

    delay: float = 0.0
    pause: float = 0.0

    def answer(self, request: ModelRequest) -> Answer:
        answer = _summary(request) if _is_summary(request) else _word_by_word(_reply(request), self.pause)
        return faults.slow(answer, self.delay) if self.delay else answer


def _reply(request: ModelRequest) -> Said:
    turn = _current_turn(request.contents)
    declared = {} if request.mode == "NONE" else request.declarations
    calls = [call for call in _calls(turn, declared) if not turn.has_called(*call)]
    if calls:
        return answers.calls(*calls)
    if turn.results:
        return answers.text(report(turn.worth_saying))
    if _ASKS_FOR_MEMORY.search(turn.text):
        return answers.text(_memory(request))
    return answers.text(_what_is_missing(turn.text, declared) or _haiku(turn.text))


def _calls(turn: Turn, declared: Declarations) -> list[Call]:
    """The next calls of declared tools: of our own, then those that tell the time, then any of an MCP server."""
    own: list[Call] = [
        (tool, _arguments(declared[tool], value)) for tool, value in _wanted_calls(turn) if tool in declared
    ]
    if own or is_about_time(turn.text):
        return own or [*calls_about_time(turn.text, declared)]
    wanted = wanted_call(turn.text, declared)
    return [(wanted.tool, wanted.args)] if wanted and not wanted.missing else []


def _what_is_missing(text: str, declared: Declarations) -> str:
    """Why a question about something that tools find is not answered; "" for any other."""
    if _WEATHER.search(text) and states_in(text):
        return "I would have to look that up, but I have no tool for it here."
    if is_about_time(text):
        return WHICH_PLACE if tells_time(declared) else "I cannot tell the time: I have no tool for it here."
    wanted = wanted_call(text, declared)
    if wanted is None:
        return ""
    missing = " and ".join(f"`{name}`" for name in wanted.missing)
    return f"For `{wanted.tool}` I need {missing}. Please write it in quotation marks."


def _word_by_word(said: Said, pause: float) -> Said:
    """A text in pieces of one word each; tool calls unchanged."""
    words = [word for part in said.parts if isinstance(part, Text) for word in part.text.split()]
    return said.in_pieces(len(words), pause) if words else said


def _wanted_calls(turn: Turn) -> list[tuple[str, str | None]]:
    """The next tool calls, each with the one value that it needs (None: none). Empty when the turn can be answered."""
    wants_alerts = bool(_WEATHER.search(turn.text))
    states = states_in(turn.text) if wants_alerts else []
    if states:
        return [(ALERTS, state) for state in states if state not in turn.values_given_to(ALERTS)]
    address = _address_in(turn.text)
    if address:
        wants_place = _WHERE.search(turn.text) and turn.result_of(LOCATION) is None
        return [(LOCATION, address)] if wants_place else []
    wants_place = wants_alerts or bool(_WHERE.search(turn.text))
    if (wants_place and _HERE.search(turn.text)) or _IP.search(turn.text):
        return _calls_from_here(turn, wants_place=wants_place, wants_alerts=wants_alerts)
    return []


def _calls_from_here(turn: Turn, *, wants_place: bool, wants_alerts: bool) -> list[tuple[str, str | None]]:
    """The next call of the chain: the IP address, its place, the alerts there. A tool that failed ends the chain."""
    found = turn.result_of(IP_ADDRESS)
    if found is None:
        return [(IP_ADDRESS, None)]
    address = _address_in(str(found))
    place = turn.result_of(LOCATION)
    if wants_place and place is None and address:
        return [(LOCATION, address)]
    state = state_in(_region(place)) if place else None
    return [(ALERTS, state)] if wants_alerts and state and turn.result_of(ALERTS) is None else []


def _region(place: dict[str, Any]) -> str:
    """The region of a place if it has one (Kansas City is in Missouri), else the whole result as text."""
    output = place.get("output", place)
    return str(mapping(output).get("region") or output)


def _arguments(parameters: Mapping[str, Any], value: str | None) -> dict[str, str]:
    """The arguments of a call: `value`, under the name of the tool's first declared parameter."""
    names = list(parameters.get("properties", {}))
    return {names[0]: value} if names and value is not None else {}


def _current_turn(contents: Sequence[Content]) -> Turn:
    """The turn since the last content in which the model answered without calling a tool."""
    answered = [
        i for i, content in enumerate(contents) if content.get("role") == "model" and not function_calls(content)
    ]
    current = contents[answered[-1] + 1 :] if answered else contents
    calls = [call for content in current for call in function_calls(content)]
    responses = [response["response"] for content in current for response in function_responses(content)]
    text = "\n".join(filter(None, (asked(content) for content in current if content.get("role") == "user")))
    return Turn(text, list(zip(calls, responses, strict=False)))


def _address_in(text: str) -> str | None:
    """The first IP address in the text."""
    for word in re.findall(r"[0-9A-Fa-f:.]{3,}", text):
        try:
            return str(ipaddress.ip_address(word.rstrip(".:") if "::" not in word else word))
        except ValueError:
            continue
    return None


def _haiku(text: str) -> str:
    """One of a few haikus. The same text always gets the same haiku."""
    return _HAIKUS[zlib.crc32(text.encode()) % len(_HAIKUS)]


def _memory(request: ModelRequest) -> str:
    """What people said before this turn: the name of the person, if somebody said it, and the last five messages."""
    *before, last = [remembered(content) for content in request.contents if content.get("role") == "user"]
    said = [text for text in before if text]
    names = _NAME.findall("\n".join([*said, last]))
    lines = [f"Your name is **{names[-1]}**."] if names else []
    lines += ["You said:", *(f"- {text[:200]}" for text in said[-5:])] if said else []
    return "\n".join(lines) or "You have not told me anything yet."


def _is_summary(request: ModelRequest) -> bool:
    return "summary" in request.system_instruction and not request.declarations


def _summary(request: ModelRequest) -> Answer:
    """The lines in which somebody says a name, and the first ten lines; at most 4,000 characters."""
    lines = request.last_text.splitlines()
    kept = dict.fromkeys([*filter(_NAME.search, lines), *lines[:10]])
    return answers.text("\n".join(kept)[:4000])
