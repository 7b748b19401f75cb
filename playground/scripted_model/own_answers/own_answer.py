"""An answer of one's own to a message: what it says, or what it calls and then says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from playground.scripted_model.own_answers.entries import PLACEHOLDER, RESULT, Entry
from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Parameter, Tools
from playground.scripted_model.request.turn import OUTCOME, Call, Turn
from playground.scripted_model.tools.kinds import coerced
from playground.scripted_model.tools.plain_results import plain
from playground.scripted_model.tools.reports import report
from text.json_shapes import mapping

_WORKED = {"approved", "answered", None}  # outcomes of a call that has run


@dataclass(frozen=True)
class OwnAnswer(Question):
    """`captured` is what stands in the message for the names of the entry's `when`; `number` counts the tries."""

    entry: Entry
    captured: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def is_own(self) -> bool:
        return True

    @property
    def without_tool(self) -> str:
        return f"I am to call `{self.entry.call}` here, but this agent has no tool of that name."

    def calls(self, _turn: Turn, declared: Tools, /) -> list[Call]:
        if not self.entry.call:
            return []
        tool = declared.get(self.entry.call)
        known = {one.name: one for one in tool.parameters} if tool else {}
        filled = {name: self._filled(value, known.get(name)) for name, value in self.entry.arguments.items()}
        return [(self.entry.call, filled)]

    def answer(self, turn: Turn, /) -> str:
        if not self.entry.call:
            return self._told(self.entry.say[self.number % len(self.entry.say)], {})
        response = turn.results[-1][1] if turn.results else {}
        has_worked = "error" not in response and response.get(OUTCOME) in _WORKED
        said = self.entry.say if has_worked else [self.entry.otherwise] if self.entry.otherwise else []
        if not said:
            return report(turn.results)
        return self._told(said[self.number % len(said)], response)

    def is_like(self, other: Question, /) -> bool:
        return isinstance(other, OwnAnswer) and other.entry == self.entry

    def once_more(self, number: int, /) -> Question | None:
        return replace(self, number=number)

    def _filled(self, value: Any, parameter: Parameter | None) -> Any:
        """The value with what was captured; alone in a text, that becomes a number or what the tool takes."""
        if isinstance(value, Mapping):
            return {name: self._filled(one, None) for name, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one, parameter.item if parameter else None) for one in value]
        if not isinstance(value, str):
            return value
        text = self._told(value, {})
        is_captured = PLACEHOLDER.fullmatch(value.strip()) is not None
        read = coerced(parameter, text, None) if parameter and is_captured and parameter.kind != "string" else None
        return text if read is None else read

    def _told(self, text: str, response: Mapping[str, Any]) -> str:
        def value(found: Any) -> str:
            name, path = found[1], found[2].split(".")[1:]
            if name != RESULT:
                return self.captured.get(name, found[0])
            result = response.get("output", response)
            for step in path:
                result = mapping(result).get(step)
            return plain(result)

        return PLACEHOLDER.sub(value, text)


def own_answer(text: str, entries: Sequence[Entry]) -> OwnAnswer | None:
    """By the first entry that is meant by the message; None if none is."""
    for entry in entries:
        for pattern in entry.when:
            if (captured := pattern.captured(text)) is not None:
                return OwnAnswer(entry, captured)
    return None
