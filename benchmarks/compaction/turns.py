"""The turns of the conversations that are priced: what people ask, what tools return, what the model answers.

Nothing is random. The lengths are those of a working day in a team: of ten turns, three take a chain of three tools,
whose results are of 1,000 to 5,000 tokens; three are about a longer text; four are short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CHARACTERS_PER_TOKEN = 4  # Google's own rule of thumb for English; real counts differ by some 20 % either way
CHAIN = ("find_channels", "read_channel", "read_thread")
CHAIN_TURNS = (0, 4, 7)  # of ten turns
LONG_TURNS = (2, 5, 9)
RESULT_TOKENS = (1_000, 3_000, 2_000, 5_000, 4_000)  # one after the other, so a chain has 6,000 to 11,000 of them
_FILLING = "and the deployment of the billing service was moved to Thursday because the tests were still red, "
_SHORT, _LONG, _FOUND = (120, 400), (1_500, 2_400), (160, 1_200)  # characters of the question and of the answer


@dataclass(frozen=True)
class SampleTurn:
    """One turn. `results` has what each call of `CHAIN` returns; it is empty where the model answers at once."""

    question: str
    answer: str
    results: Sequence[dict[str, Any]] = ()


def sample_turn(number: int) -> SampleTurn:
    """The turn of this number, counted from 0. No two have the same words."""
    place = number % 10
    if place not in CHAIN_TURNS:
        asked, answered = _LONG if place in LONG_TURNS else _SHORT
        return SampleTurn(_text(f"Question {number}:", asked), _text(f"Answer {number}:", answered))
    first = (number // 10 * len(CHAIN_TURNS) + CHAIN_TURNS.index(place)) * len(CHAIN)
    sizes = [RESULT_TOKENS[(first + call) % len(RESULT_TOKENS)] for call in range(len(CHAIN))]
    results = [_result(f"{number}.{call}", tokens) for call, tokens in enumerate(sizes)]
    asked, answered = _FOUND
    return SampleTurn(_text(f"Question {number}:", asked), _text(f"Answer {number}:", answered), results)


def _result(name: str, tokens: int) -> dict[str, Any]:
    """What a tool returns that reads Slack: messages with author, time and link, some 100 tokens each."""
    messages = [
        {
            "author": f"person {at % 7}",
            "at": f"2026-11-{at % 28 + 1:02} 10:{at % 60:02}",
            "link": f"https://example.slack.com/archives/C0123456789/p17000000000{at:05}",
            "text": _text(f"Message {name}.{at}:", 250),
        }
        for at in range(tokens // 100)
    ]
    return {"output": {"messages": messages, "left_out": 0}}


def _text(beginning: str, characters: int) -> str:
    missing = characters - len(beginning) - 1
    return f"{beginning} {(_FILLING * (missing // len(_FILLING) + 1))[:missing]}"
