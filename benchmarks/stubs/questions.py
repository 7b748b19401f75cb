"""The questions of the benchmarks and their right answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["haiku", "chain", "pair", "letter"]
KINDS: tuple[Kind, ...] = ("haiku", "chain", "pair", "letter")
LETTER_CHARACTERS = 1_500
HAIKU = "A message arrives\nwritten down before it speaks\nnothing will be lost"
_FILLING = "the quick brown fox jumps over the lazy dog and "
_WISHES: dict[Kind, str] = {
    "haiku": "a haiku about memory, please",
    "chain": "are there any weather alerts where you are?",
    "pair": "are there any weather alerts in New York and California?",
    "letter": "what do you think of this?",
}


@dataclass(frozen=True)
class Question:
    """One question; no other one has its number."""

    kind: Kind
    number: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def words(self) -> str:
        """What a person writes."""
        return padded(f"{self.name}: {_WISHES[self.kind]}", self.kind)

    @property
    def answer_start(self) -> str:
        """The words with which the answer begins, and no other text."""
        return f"Answer {self.name}."


def padded(text: str, kind: Kind) -> str:
    """`text` filled up to LETTER_CHARACTERS if it is a letter; other kinds are not filled up."""
    if kind != "letter":
        return text
    missing = LETTER_CHARACTERS - len(text) - 1
    return f"{text} {(_FILLING * (missing // len(_FILLING) + 1))[:missing].strip()}"


def answer(question: Question, findings: tuple[str, ...] = ()) -> str:
    """The whole answer; each of the `findings` sums up one tool result."""
    told = HAIKU if question.kind == "haiku" else " ".join(findings) or "So that is how it is."
    return padded(f"{question.answer_start} {told}", question.kind)


def right_answer(question: Question, alerts: dict[str, int]) -> str:
    """The answer that is counted; `alerts` is the number of alerts by the area's name."""
    areas = {"chain": ("New York",), "pair": ("New York", "California")}.get(question.kind, ())
    return answer(question, tuple(finding(area, alerts[area]) for area in areas))


def finding(area: str, alerts: int) -> str:
    """One sentence that sums up the result of a weather tool."""
    return f"{alerts} alerts for {area}."
