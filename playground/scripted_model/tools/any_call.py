"""A call of any tool that is there: asked for by words, filled from words, and told in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Parameter, Tool, Tools
from playground.scripted_model.request.turn import Call, Turn
from playground.scripted_model.tools.arguments import Arguments, answered, arguments, missing
from playground.scripted_model.tools.kinds import finder
from playground.scripted_model.tools.matching import named_tool
from playground.scripted_model.tools.reports import report
from text.lines import cut, one_line

MOST_OPTIONS = 12  # that are named in a question
LONGEST_DESCRIPTION = 200  # characters
_HINTS = {
    "integer": "A whole number, please.",
    "number": "A number, please.",
    "boolean": "Yes or no?",
    "array": "Write several with commas between them.",
    "object": "What shall stand in it? You can also write it as JSON.",
}


@dataclass(frozen=True)
class AnyCall(Question):
    """`misread` is a reply that could not be taken for the parameter that was asked for."""

    tool: Tool
    arguments: Arguments = field(default_factory=dict)
    now: datetime | None = None
    misread: str = ""

    @property
    def missing(self) -> Sequence[Parameter]:
        return missing(self.tool.parameters, self.arguments)

    @property
    def is_open(self) -> bool:
        return bool(self.missing)

    def calls(self, _turn: Turn, _declared: Tools, /) -> list[Call]:
        return [] if self.missing else [(self.tool.name, self.arguments)]

    def answer(self, turn: Turn, /) -> str:
        return self._asking(self.missing[0]) if self.missing else report(turn.results)

    def going_on(self, text: str, /) -> Question | None:
        if self.missing:
            return self._completed(text)
        found = arguments(text, self.tool, self.now, is_change=True)
        required = [one for one in self.tool.parameters if one.is_required]
        if not found and len(required) == 1:  # a text of any kind, and nothing else can be meant
            found = arguments(text, replace(self.tool, parameters=required), self.now)
        return replace(self, arguments={**self.arguments, **found}) if found else None

    def is_like(self, other: Question, /) -> bool:
        return isinstance(other, AnyCall) and other.tool.name == self.tool.name

    def knowing(self, earlier: Sequence[str]) -> AnyCall:
        """With what is missing from what was said before, the newest first: only what is told apart by its kind."""
        found = dict(self.arguments)
        for parameter in self.missing:
            is_number = parameter.kind in {"integer", "number"}
            find = None if is_number else finder(parameter, self.now)
            values = [one.value for text in earlier for one in (find(text) if find else [])]
            found |= {parameter.name: values[0]} if values else {}
        return replace(self, arguments=found)

    def _completed(self, text: str) -> Question:
        """With what the reply says: the first missing parameter, and others that it names, too."""
        first, *others = self.missing
        found = dict(arguments(text, Tool(self.tool.name, parameters=others), self.now)) if others else {}
        value = arguments(text, Tool(self.tool.name, parameters=[first]), self.now).get(first.name)
        value = answered(text, first, self.now) if value is None or first.kind == "string" else value
        found |= {first.name: value} if value is not None else {}
        misread = "" if found else text
        return replace(self, arguments={**self.arguments, **found}, misread=misread)

    def _asking(self, parameter: Parameter) -> str:
        described = one_line(parameter.described.rstrip("."), LONGEST_DESCRIPTION)
        what = f"`{parameter.name}` ({described})" if described else f"`{parameter.name}`"
        misread = f"I cannot take “{cut(self.misread, 60)}” for that. " if self.misread else ""
        return f"{misread}To call `{self.tool.name}` I need {what}. {_hint(parameter)}"


def called_by_name(text: str, tools: Tools, now: datetime | None) -> AnyCall | None:
    """The call of a tool whose very name stands in the message; None if none does."""
    tool = named_tool(text, tools)
    if tool is None:
        return None
    others = re.sub(rf"`?(?:{re.escape(tool.name)}|{re.escape(tool.own_name)})`?", " ", text)
    return AnyCall(tool, arguments(others, tool, now), now)


def _hint(parameter: Parameter) -> str:
    options = [f"`{option}`" for option in parameter.options]
    if options:
        more = f" and {len(options) - MOST_OPTIONS} more" if len(options) > MOST_OPTIONS else ""
        return f"It is one of {', '.join(options[:MOST_OPTIONS])}{more}."
    return _HINTS.get(parameter.kind, "What shall I take?")
