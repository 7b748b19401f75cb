"""The arguments of a call, from the words of a message: by the parameters' schemas, names and descriptions. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from playground.scripted_model.language import values
from playground.scripted_model.language.values import Found
from playground.scripted_model.language.words import COMMON_VERBS, readable, stem, stems, telling
from playground.scripted_model.request.tools import Parameter, Tool
from playground.scripted_model.tools.kinds import coerced, cue_words, finder, says_something_of

Arguments = Mapping[str, Any]
# Words behind which a text stands that a parameter of such a name takes.
_CUES: Sequence[tuple[str, str]] = (
    ("query topic subject term keyword search question theme about", "about|for|on|of"),
    ("language lang target destination unit", "into|to|in"),
    ("recipient to receiver user person assignee", "to|for"),
    ("title name label", "called|named|titled"),
    ("text message body content comment note description word phrase", "saying|that says|with the text"),
    ("source origin sender", "from"),
    ("reason why", "because"),
    ("city place location country town", "in|near|for|at"),
)
_FROM, _TO = {"from", "source", "origin", "sender", "base", "start"}, {"to", "target", "destination", "into", "end"}
# What a request begins with, and small words around what it is about.
_REQUEST = re.compile(
    r"\A\W*(?:please|kindly|let's|(?:can|could|would|will) you|i (?:want|need)(?: you)? to|i'd like(?: you)? to)\b",
    re.IGNORECASE,
)
_SMALL = frozenset(("a", "an", "the", "to", "for", "about", "of", "in", "on", "with", "and")) | frozenset(
    ("my", "our", "me", "us", "some", "that", "this", "up", "please")
)
_NEAR = 40  # characters in which the word beside a value stands
_PUNCTUATION = ' \t\n,.;:!?"“”()'


def arguments(text: str, tool: Tool, now: datetime | None, *, is_change: bool = False) -> Arguments:
    """What the message says for the parameters of the tool.

    `is_change`: they are known, and the message says what is to be different, perhaps in a word.
    """
    return _Filling(text, tool, now, is_change).all()


def answered(text: str, parameter: Parameter, now: datetime | None) -> Any:
    """What a message is as the answer to the question for this one; None if it cannot be the answer."""
    said = re.sub(
        r"^\W*(?:it(?:'s| is)|that(?:'s| is)|please|make it|let's say|use|take)\b[\s:]*", "", text, flags=re.I
    )
    return coerced(parameter, re.sub(r"[\s.!]*(?:,? please)?[\s.!]*$", "", said), now)


@dataclass
class _Filling:
    text: str
    tool: Tool
    now: datetime | None
    is_change: bool = False
    taken: list[Found] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def all(self) -> Arguments:
        self._take_json()
        for parameter in self._open():
            self._take_named(parameter)
        for beside in (self._has_name_beside, self._has_description_beside, self._is_free):
            for parameter in self._open():
                self._take_typed(parameter, beside)
        for texts in (self._after_cue, self._in_quotes, *([] if self.is_change else [self._left_over])):
            for parameter in self._open():
                self._take_text(parameter, texts)
        for parameter in self._open():
            self._take_object(parameter)
        return {one.name: self.found[one.name] for one in self.tool.parameters if one.name in self.found}

    def _open(self) -> list[Parameter]:
        return [one for one in self.tool.parameters if one.name not in self.found]

    def _keep(self, parameter: Parameter, value: Any, *spans: Found) -> None:
        self.found[parameter.name] = value
        self.taken += spans

    # What the message says by name

    def _take_json(self) -> None:
        """An object in the message: `{"sides": 20}`."""
        for match in re.finditer(r"\{", self.text):
            try:
                read, end = json.JSONDecoder().raw_decode(self.text, match.start())
            except ValueError:
                continue
            names = {one.name for one in self.tool.parameters}
            if isinstance(read, dict) and names & read.keys():
                self.found |= {name: value for name, value in read.items() if name in names}
                self.taken.append(Found(read, match.start(), end))
                return

    def _take_named(self, parameter: Parameter) -> None:
        """`sides=20`, `due date: tomorrow`."""
        name = rf"(?<!\w)(?:{re.escape(parameter.name)}|{re.escape(readable(parameter.name))})"
        quoted = r"\"[^\"]*\"|“[^”]*”|'[^']*'|`[^`]*`"
        match = re.search(rf"{name}\s*=\s*({quoted}|\[[^\]]*\]|[^\s,;()]+)", self.text, re.IGNORECASE)
        match = match or re.search(rf"{name}\s*:\s*({quoted}|[^,;\n]+)", self.text, re.IGNORECASE)
        if match and (value := coerced(parameter, match[1], self.now)) is not None:
            self._keep(parameter, value, Found(value, *match.span()))

    # What can only be a value of this one

    def _take_typed(self, parameter: Parameter, fits: Callable[[Parameter, Found], bool]) -> None:
        """A value of its kind: first one beside which its name stands, then its description, then any."""
        if parameter.kind == "boolean":
            self._take_truth(parameter)
            return
        is_list = parameter.kind == "array"
        find = finder(parameter.item if is_list else parameter, self.now)
        wanted = [one for one in (find(self.text) if find else []) if self._is_free(parameter, one)]
        wanted = [one for one in wanted if fits(parameter, one)]
        if wanted and is_list and fits == self._is_free:
            self._keep(parameter, [one.value for one in wanted], *wanted)
        elif wanted and not is_list:
            self._keep(parameter, wanted[0].value, wanted[0])

    def _take_truth(self, parameter: Parameter) -> None:
        said = values.truth(self.text)
        if says_something_of(parameter, self.text):
            self._keep(parameter, said is not False)
        elif parameter.is_required and said is not None:
            self._keep(parameter, said)

    def _is_free(self, _parameter: Parameter, found: Found) -> bool:
        return not any(found.overlaps(other) for other in self.taken)

    def _has_name_beside(self, parameter: Parameter, found: Found) -> bool:
        """Whether its name stands beside the value, or a word such as "from" or "to" that fits its name."""
        before, after = self._beside(found)
        own = cue_words(parameter)
        fits = [names for cue, names in (("from", _FROM), ("to", _TO), ("into", _TO)) if cue in before]
        return bool(own & {*before, *after}) or any(own & {stem(name) for name in names} for names in fits)

    def _has_description_beside(self, parameter: Parameter, found: Found) -> bool:
        before, after = self._beside(found)
        return bool(telling(parameter.described) & {*before, *after})

    def _beside(self, found: Found) -> tuple[list[str], list[str]]:
        before, after = self.text[max(found.start - _NEAR, 0) : found.start], self.text[found.end : found.end + _NEAR]
        return stems(before)[-1:], stems(after)[:1]

    # Texts of any kind

    def _take_text(self, parameter: Parameter, texts: Callable[[Parameter], Iterator[Found]]) -> None:
        if parameter.kind not in {"string", "array"} or parameter.options:
            return
        if found := next((one for one in texts(parameter) if self._is_free(parameter, one)), None):
            is_list = parameter.kind == "array"
            value = (coerced(parameter, found.value, self.now) or [found.value]) if is_list else found.value
            self._keep(parameter, value, found)

    def _take_object(self, parameter: Parameter) -> None:
        if parameter.kind == "object" and parameter.inner:
            inner = _Filling(
                self.text, Tool(self.tool.name, parameters=parameter.inner), self.now, taken=list(self.taken)
            )
            if (found := inner.all()) and not missing(parameter.inner, found):
                self._keep(parameter, found)

    def _after_cue(self, parameter: Parameter) -> Iterator[Found]:
        """What stands behind a word that leads to such a parameter, as "into" leads to a language."""
        if cues := _cues(parameter):
            others = "|".join(filter(None, (_cues(one) for one in self._open() if one is not parameter)))
            yield from self._behind(rf"(?<!\w)(?:{cues})\s+", rf"\s(?:{others})\s" if others else r"(?!)")

    def _in_quotes(self, _parameter: Parameter) -> Iterator[Found]:
        yield from values.quoted(self.text)

    def _left_over(self, parameter: Parameter) -> Iterator[Found]:
        """Of a text that has to be there: what follows a colon, or all that says nothing else."""
        if parameter.is_required and (parameter.kind == "array" or not finder(parameter, self.now)):
            yield from self._behind(r"(?:(?<!\d):|:(?!\d))\s*", r"(?!)")  # not the colon of 14:00
            yield from self._left()

    def _behind(self, cue: str, until: str) -> Iterator[Found]:
        """What follows the cue, up to the next value, to what matches `until`, or to the end of the sentence."""
        quotations = values.quoted(self.text)
        for match in re.finditer(rf"{cue}(?=\S)", self.text):
            if quoted := next((one for one in quotations if one.start == match.end()), None):
                yield quoted
                continue
            ends = [one.start for one in (*self.taken, *quotations) if one.start >= match.end()]
            rest = self.text[match.end() : min(ends, default=len(self.text))]
            rest = re.split(rf"[?!;\n]|\.(?:\s|$)|,? please\b|{until}", f"{rest} ", flags=re.IGNORECASE)[0]
            found = Found(rest.strip(_PUNCTUATION), match.start(), match.end() + len(rest.rstrip()))
            if found.value:
                yield found

    def _left(self) -> Iterator[Found]:
        """The longest piece without the words that have led to the tool."""
        ends = [Found("", 0, 0), *self.taken, Found("", len(self.text), len(self.text))]
        edges = sorted(ends, key=lambda one: one.start)
        pieces = [Found(self.text[a.end : b.start], a.end, b.start) for a, b in pairwise(edges)]
        own = {*stems(self.tool.name), *(word for one in self.tool.parameters for word in cue_words(one))}
        trimmed = [found for piece in pieces if (found := _trimmed(piece, own))]
        yield from sorted(trimmed, key=lambda one: one.start - one.end)[:1]


def missing(parameters: Sequence[Parameter], found: Arguments) -> list[Parameter]:
    """Those that are needed and not there."""
    return [one for one in parameters if one.is_required and one.name not in found]


def _cues(parameter: Parameter) -> str:
    named = {stem(word) for word in parameter.name.lower().split("_")}
    return "|".join(cues for names, cues in _CUES if named & set(stems(names)))


def _trimmed(piece: Found, own: set[str]) -> Found | None:
    """The piece without what a request begins with, and without the tool's own words around it; None if none is left.

    The words before the tool's own ones ("add", "please") go with them.
    """
    text, start = piece.value, piece.start
    while match := _REQUEST.match(text) or re.match(r"[\s\W]*([\w'-]+)\s*", text):
        word = match[match.lastindex].lower() if match.lastindex else ""
        if word and word not in _SMALL | COMMON_VERBS and stem(word) not in own:
            break
        text, start = text[match.end() :], start + match.end()
    kept = text.strip(_PUNCTUATION)
    while kept:
        others, _, last = kept.rpartition(" ")
        if last.lower() not in _SMALL and stem(last.lower()) not in own:
            break
        kept = others.strip(_PUNCTUATION)
    return Found(kept, start, start + len(text)) if re.search(r"\w", kept) else None
