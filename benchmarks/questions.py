"""What is asked in the benchmarks, and what the right answer to it is."""

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
    """One question, with a number that no other one has."""

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
    def opening(self) -> str:
        """What the answer, and nothing else, begins with."""
        return f"Answer {self.name}."


def padded(text: str, kind: Kind) -> str:
    """A letter is a long message; everything else is as long as it is."""
    if kind != "letter":
        return text
    missing = LETTER_CHARACTERS - len(text) - 1
    return f"{text} {(_FILLING * (missing // len(_FILLING) + 1))[:missing].strip()}"


def answer(question: Question, findings: tuple[str, ...] = ()) -> str:
    """The whole answer; `findings` are what the tools have returned, in few words."""
    told = HAIKU if question.kind == "haiku" else " ".join(findings) or "So that is how it is."
    return padded(f"{question.opening} {told}", question.kind)


def right_answer(question: Question, alerts: dict[str, int]) -> str:
    """`alerts`: how many there are in each area by its name."""
    areas = {"chain": ("New York",), "pair": ("New York", "California")}.get(question.kind, ())
    return answer(question, tuple(finding(area, alerts[area]) for area in areas))


def finding(area: str, alerts: int) -> str:
    return f"{alerts} alerts for {area}."
