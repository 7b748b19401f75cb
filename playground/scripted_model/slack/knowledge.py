"""Who seems to know about something: whoever has written about it, or has it in their title. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.scripted_model.slack.lines import LONGEST_QUOTATION, Line, called, is_question, sentences
from text.json_shapes import string
from text.lines import cut

MOST_PEOPLE = 5
_WORD = re.compile(r"\w{2,}")
_OTHER_WORDS = frozenset(
    {"the", "and", "our", "your", "with", "for", "how", "an", "at", "by", "in", "is", "it", "my", "of", "on", "to"}
)


@dataclass
class _Expert:
    name: str
    title: str = ""
    said: list[tuple[Line, str]] = field(default_factory=list)


def who_knows(
    subject: str,
    lines: Sequence[Line],
    people: Sequence[Mapping[str, Any]],
    taking_part: Collection[str],
    now: datetime | None,
) -> list[str]:
    """A line for each person, who has written most about it first: their title, and a sentence with its link."""
    wanted = _words(subject)
    experts = {string(one.get("id")): _Expert(string(one.get("person")), string(one.get("title"))) for one in people}
    for line in lines:
        sentence = next((one for one in sentences(line.text) if wanted & _words(one) and not is_question(one)), "")
        if line.user and sentence:
            experts.setdefault(line.user, _Expert(line.author)).said.append((line, sentence))
    best = sorted(experts.items(), key=lambda item: -len(item[1].said))[:MOST_PEOPLE]
    return [_row(called(expert.name, user, taking_part), expert, now) for user, expert in best]


def _row(name: str, expert: _Expert, now: datetime | None) -> str:
    title = f", {expert.title}" if expert.title else ""
    if not expert.said:
        return f"- {name}{title}"
    line, sentence = expert.said[-1]
    return f"- {name}{title}: “{cut(sentence, LONGEST_QUOTATION)}” ({line.when(now)})"


def _words(text: str) -> set[str]:
    """The words that count, in small letters and without the s of many."""
    return {word.removesuffix("s") for word in _WORD.findall(text.lower()) if word not in _OTHER_WORDS}
