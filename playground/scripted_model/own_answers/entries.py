"""Answers of one's own as they stand in a YAML file, each checked, with the line of what is wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from playground.scripted_model.own_answers.patterns import Pattern, pattern
from text.json_shapes import items
from text.yaml_document import BadYamlError, Problem, read_list

DEEPEST = 30  # levels; the arguments of a call may be deep
FIELDS = ("when", "say", "call", "with", "otherwise")
RESULT = "result"  # what a call has returned: {result}, or a field of it, {result.ticket}
PLACEHOLDER = re.compile(r"\{(\w+)((?:\.\w+)*)\}")
_HINT = " (a text with one of { } [ ] : # * or & in it may need quotation marks)"


class BadAnswersError(ValueError):
    """The message names each problem with its line."""


@dataclass(frozen=True)
class Entry:
    """One answer. `say` has several texts if another one is wanted on Try again."""

    when: Sequence[Pattern]
    say: Sequence[str] = ()
    call: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str = ""


def read_entries(source: str, name: str) -> list[Entry]:
    """The entries of a file with this `name`. Raises BadAnswersError that says what is wrong in which line."""
    try:
        found = read_list(source, deepest=DEEPEST)
    except BadYamlError as error:
        raise BadAnswersError("; ".join(f"{name}, line {one.line}: {_told(one)}" for one in error.problems)) from None
    if found is None:
        raise BadAnswersError(f"{name}, line 1: has to be a list: each answer begins with `- when:`")
    entries, problems = [], []
    for node, value in found:
        read = _Reading(node, value)
        problems += [f"{name}, line {line}: {problem}" for line, problem in read.problems()]
        entries += [] if problems else [read.entry()]
    if problems:
        raise BadAnswersError("; ".join(problems))
    return entries


def _told(problem: Problem) -> str:
    field = problem.field.rpartition(".")[2]
    hint = _HINT if problem.message.startswith("cannot be read") else ""
    return f"`{field}` {problem.message}" if field else problem.message + hint


@dataclass(frozen=True)
class _Reading:
    """One entry: its node, which knows the lines, and its value."""

    node: yaml.Node
    value: Any

    def entry(self) -> Entry:
        one = self.value
        return Entry(
            when=list(map(pattern, _texts(one["when"]))),
            say=_texts(one.get("say")),
            call=one.get("call", ""),
            arguments=one.get("with") or {},
            otherwise=one.get("otherwise", ""),
        )

    def problems(self) -> Iterator[tuple[int, str]]:
        if not isinstance(self.value, Mapping) or not isinstance(self.node, yaml.MappingNode):
            yield self._line(), "is no answer: it has to begin with `when:`"
            return
        wrong = [*self._of_fields(), *self._of_texts()]
        yield from wrong or [*self._of_patterns(), *self._of_placeholders()]

    def _of_fields(self) -> Iterator[tuple[int, str]]:
        for key, _ in self.node.value:
            if key.value not in FIELDS:
                yield key.start_mark.line + 1, f"`{key.value}` is no field: there are {', '.join(FIELDS)}"
        yield from self._of_missing_fields([key.value for key, _ in self.node.value])

    def _of_missing_fields(self, keys: Sequence[str]) -> Iterator[tuple[int, str]]:
        if "when" not in keys:
            yield self._line(), "`when` is missing: the words of the message"
        if not {"say", "call"} & set(keys):
            yield self._line(), "`say` or `call` is missing: what is to be said, or which tool is to be called"
        for key in ("with", "otherwise"):
            if key in keys and "call" not in keys:
                yield self._line(key), f"`{key}` has no use without `call`"

    def _of_texts(self) -> Iterator[tuple[int, str]]:
        for key in ("when", "say"):
            if key in self.value and not _texts(self.value[key]):
                yield self._line(key), f"`{key}` has to be a text, or a list of texts; others in quotation marks"
        for key in ("call", "otherwise"):
            if key in self.value and not (isinstance(self.value[key], str) and self.value[key].strip()):
                yield self._line(key), f"`{key}` has to be a text; others in quotation marks"
        given = self.value.get("with")
        if given is not None and not (isinstance(given, Mapping) and all(isinstance(name, str) for name in given)):
            yield self._line("with"), "`with` has to hold the arguments of the call, each with its name"

    def _of_patterns(self) -> Iterator[tuple[int, str]]:
        for written in _texts(self.value["when"]):
            try:
                pattern(written)
            except ValueError as error:
                yield self._line("when"), f"`when`: {error}"

    def _of_placeholders(self) -> Iterator[tuple[int, str]]:
        """A name in braces that `when` does not capture would be said as it stands."""
        try:
            patterns = list(map(pattern, _texts(self.value["when"])))
        except ValueError:
            return
        known = frozenset.intersection(*(one.names for one in patterns))
        told = known | ({RESULT} if "call" in self.value else set())
        for key, allowed in (("say", told), ("with", known), ("otherwise", told)):
            for name in PLACEHOLDER.findall(str(self.value.get(key, ""))):
                if name[0] not in allowed:
                    yield self._line(key), f"`{key}` names {{{name[0]}}}, which `when` does not capture"

    def _line(self, key: str = "") -> int:
        pairs = self.node.value if isinstance(self.node, yaml.MappingNode) else []
        line: int = next((name.start_mark for name, _ in pairs if name.value == key), self.node.start_mark).line
        return line + 1


def _texts(value: object) -> list[str]:
    """The text or the texts; empty if it is anything else, or if one of them is empty."""
    found = [value] if isinstance(value, str) else items(value)
    return found if all(isinstance(one, str) and one.strip() for one in found) else []
