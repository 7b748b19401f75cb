"""The questions of the benchmarks and their right answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["haiku", "chain", "pair", "letter", "essay"]
KINDS: tuple[Kind, ...] = ("haiku", "chain", "pair", "letter", "essay")
LETTER_CHARACTERS = 1_500
# The sizes of real answers, in tokens; nothing is as long elsewhere, so that only the machinery is measured.
REAL_SIZES: Mapping[Kind, int] = {"haiku": 100, "chain": 100, "pair": 100, "essay": 600}
_CHARACTERS_PER_TOKEN = 4  # as the emulated Gemini counts
HAIKU = "A message arrives\nwritten down before it speaks\nnothing will be lost"
_FILLING = "the quick brown fox jumps over the lazy dog and "
_WISHES: dict[Kind, str] = {
    "haiku": "a haiku about memory, please",
    "chain": "are there any weather alerts where you are?",
    "pair": "are there any weather alerts in New York and California?",
    "letter": "what do you think of this?",
    "essay": "explain at length why messages get lost, please",
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
        return padded(f"{self.name}: {_WISHES[self.kind]}", _letter_size(self.kind))

    @property
    def answer_start(self) -> str:
        """The words with which the answer begins, and no other text."""
        return f"Answer {self.name}."


def padded(text: str, characters: int) -> str:
    """`text` filled up to so many characters; one that is as long already stays as it is."""
    missing = characters - len(text) - 1
    if missing <= 0:
        return text
    return f"{text} {(_FILLING * (missing // len(_FILLING) + 1))[:missing].strip()}"


def answer(question: Question, findings: tuple[str, ...] = (), sizes: Mapping[Kind, int] | None = None) -> str:
    """The whole answer; each of the `findings` sums up one tool result. `sizes` are in tokens, by kind."""
    told = HAIKU if question.kind == "haiku" else " ".join(findings) or "So that is how it is."
    characters = (sizes or {}).get(question.kind, 0) * _CHARACTERS_PER_TOKEN
    return padded(f"{question.answer_start} {told}", max(characters, _letter_size(question.kind)))


def _letter_size(kind: Kind) -> int:
    """The characters of letters and of the answers to them; 0 for what is as short as it is."""
    return LETTER_CHARACTERS if kind == "letter" else 0


def right_answer(question: Question, alerts: Mapping[str, int], sizes: Mapping[Kind, int] | None = None) -> str:
    """The answer that is counted; `alerts` is the number of alerts by the area's name."""
    areas = {"chain": ("New York",), "pair": ("New York", "California")}.get(question.kind, ())
    return answer(question, tuple(finding(area, alerts[area]) for area in areas), sizes)


def finding(area: str, alerts: int) -> str:
    """One sentence that sums up the result of a weather tool."""
    return f"{alerts} alerts for {area}."
