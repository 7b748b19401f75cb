"""What looks decided in messages, quoted with author and link. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from playground.scripted_model.slack.lines import LONGEST_QUOTATION, Line, is_question, sentences
from text.lines import cut

MOST_DECISIONS = 8
MOST_THREADS = 2  # whose replies are read
_DECIDED = re.compile(
    r"\b(decided|decision|agreed|we (?:all )?agree|settled|we will|we['\u2019]ll|let['\u2019]?s|let us"
    r"|going with|go with|go for)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"(?:\bnot|n['\u2019]t|\bnothing|\bnever|\bno)\b(?: \w+){0,2} (?:decided|decision|agreed?|settled)\b", re.IGNORECASE
)
_LOOKS_BACK = re.compile(r"\bwhat\b.*\b(?:decided?|agreed?|settled)\b", re.IGNORECASE)


def decided(lines: Sequence[Line], now: datetime | None) -> list[str]:
    """A line for each message of people with a sentence that sounds like a decision; a question is none."""
    found = [(line, sentence) for line in lines if line.author != "I" and (sentence := _decision(line))]
    return [
        f"- “{cut(sentence, LONGEST_QUOTATION)}” **{line.author}**, {line.when(now)}"
        for line, sentence in found[-MOST_DECISIONS:]
    ]


def worth_reading(lines: Sequence[Line]) -> list[str]:
    """Links to the threads in which a decision may stand: below one, or below a question; the newest first.

    Below a question such as this one stand only answers of the agent.
    """
    open_ones = [line for line in lines if line.replies and line.link]
    below = [line for line in open_ones if _decision(line) or _is_open(line.text)]
    return [line.link for line in reversed(below)][:MOST_THREADS]


def _is_open(text: str) -> bool:
    return is_question(text) and not _LOOKS_BACK.search(text)


def _decision(line: Line) -> str:
    """The first sentence that sounds like a decision; "" if there is none."""
    return next(filter(_is_decision, sentences(line.text)), "")


def _is_decision(sentence: str) -> bool:
    return bool(_DECIDED.search(sentence)) and not (_UNDECIDED.search(sentence) or is_question(sentence))
