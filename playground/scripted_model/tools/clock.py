"""Questions about the time that an MCP server answers: now in some place, or a time of day in another place. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from playground.scripted_model.language.times import (
    NOW,
    calls_about_time,
    clock_in,
    is_about_time,
    place_of,
    zones_in,
)
from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Call, Turn
from playground.scripted_model.tools.reports import report

NO_CLOCK = "I cannot tell the time: I have no tool for it here."
WHICH_PLACE = "Which place do you mean? I know those that a time zone is named after, such as Tokyo or New York."


@dataclass(frozen=True)
class Clock(Question):
    text: str

    @property
    def without_tool(self) -> str:
        return NO_CLOCK

    @property
    def is_open(self) -> bool:
        return not zones_in(self.text)

    def calls(self, _turn: Turn, declared: Tools, /) -> list[Call]:
        if any("__" in name and name.endswith(NOW) for name in declared):
            return [*calls_about_time(self.text, declared)]
        return [(NOW, {})]  # which nobody has

    def answer(self, turn: Turn, /) -> str:
        return WHICH_PLACE if self.is_open else report(turn.results)

    def going_on(self, text: str, /) -> Question | None:
        zones = zones_in(text)
        if not zones:
            return None
        clock, known = clock_in(self.text), zones_in(self.text)
        if clock is None or not known:
            return Clock(f"what time is it in {' and '.join(map(place_of, zones))}")
        return Clock(f"{clock_in(text) or clock} in {place_of(known[0])} in {' and '.join(map(place_of, zones))}")


def time_question(text: str) -> Question | None:
    return Clock(text) if is_about_time(text) else None
