"""Weather alerts and places, by three tools of our own: of states, of an IP address, of where the agent is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.scripted_model.language import values
from playground.scripted_model.language.us_states import state_in, states_in
from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Call, Turn
from playground.scripted_model.tools.reports import report
from text.json_shapes import mapping

ALERTS, IP_ADDRESS, LOCATION = "get_weather_alerts", "get_ip_address", "get_location_info"
WHICH_STATE = (
    "I can look up the weather alerts of a state of the USA. Which one: New York, Texas, California, or where I am?"
)
_WEATHER = re.compile(r"\b(weather|alerts?|storms?|warnings?|forecast|hurricanes?|tornado\w*)\b", re.IGNORECASE)
_HERE = re.compile(
    r"\b(where (i am|i'm|am i|we are|are we|are you|you are)|near (me|us)|around here|here|my (area|location|place))\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\b(where|location|located|city|country)\b", re.IGNORECASE)
_IP = re.compile(r"\bip\b", re.IGNORECASE)


@dataclass(frozen=True)
class Alerts(Question):
    """Of these states; of none: which state is asked for."""

    states: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        return not self.states

    def calls(self, _turn: Turn, declared: Tools, /) -> list[Call]:
        return [(ALERTS, _arguments(declared, ALERTS, state)) for state in self.states]

    def answer(self, turn: Turn, /) -> str:
        return report(turn.results) if self.states else WHICH_STATE

    def is_like(self, other: Question, /) -> bool:
        return _is_about_alerts(other)

    def going_on(self, text: str, /) -> Question | None:
        if states := states_in(text):
            return Alerts(states)
        return Here(wants_place=True, wants_alerts=True) if _HERE.search(text) else None


@dataclass(frozen=True)
class Address(Question):
    """Where an IP address is."""

    address: str

    def calls(self, _turn: Turn, declared: Tools, /) -> list[Call]:
        return [(LOCATION, _arguments(declared, LOCATION, self.address))]

    def answer(self, turn: Turn, /) -> str:
        return report(turn.results)

    def going_on(self, text: str, /) -> Question | None:
        found = values.addresses(text)
        return Address(found[0].value) if found else None


@dataclass(frozen=True)
class Here(Question):
    """The IP address of the agent, its place, the alerts there: each step as far as it is asked for.

    A tool that failed ends the chain.
    """

    wants_place: bool = False
    wants_alerts: bool = False

    def calls(self, turn: Turn, declared: Tools, /) -> list[Call]:
        calls: list[Call] = [(IP_ADDRESS, {})]
        address = values.addresses(str(turn.result_of(IP_ADDRESS) or ""))
        if self.wants_place and address:
            calls.append((LOCATION, _arguments(declared, LOCATION, address[0].value)))
        place = turn.result_of(LOCATION)
        state = state_in(_region(place)) if place else None
        if self.wants_alerts and state:
            calls.append((ALERTS, _arguments(declared, ALERTS, state)))
        return calls

    def answer(self, turn: Turn, /) -> str:
        """Without the address if that was only needed for the next call."""
        is_last = len(turn.results) == 1
        return report([one for one in turn.results if is_last or one[0]["name"] != IP_ADDRESS or "error" in one[1]])

    def is_like(self, other: Question, /) -> bool:
        return _is_about_alerts(other) if self.wants_alerts else self == other

    def going_on(self, text: str, /) -> Question | None:
        states = states_in(text) if self.wants_alerts else []
        return Alerts(states) if states else None


def _is_about_alerts(question: Question) -> bool:
    return isinstance(question, Alerts) or (isinstance(question, Here) and question.wants_alerts)


def weather_question(text: str, earlier: Sequence[str]) -> Question | None:
    """What is asked of these tools; None if it is nothing of the kind. A state may also stand in `earlier` messages."""
    wants_alerts = bool(_WEATHER.search(text))
    if wants_alerts and (states := states_in(text)):
        return Alerts(states)
    address = values.addresses(text)
    if address and _WHERE.search(text):
        return Address(address[0].value)
    wants_place = wants_alerts or bool(_WHERE.search(text))
    if not address and ((wants_place and _HERE.search(text)) or _IP.search(text)):
        return Here(wants_place=wants_place, wants_alerts=wants_alerts)
    if not wants_alerts:
        return None
    return Alerts(next(filter(None, map(states_in, earlier)), ()))


def _region(place: Mapping[str, Any]) -> str:
    """The region of a place if it has one (Kansas City is in Missouri), else the whole result as text."""
    output = place.get("output", place)
    return str(mapping(output).get("region") or output)


def _arguments(declared: Tools, tool: str, value: str) -> dict[str, str]:
    """The value under the name of the tool's first parameter."""
    parameters = declared[tool].parameters if tool in declared else ()
    return {parameters[0].name: value} if parameters else {}
