"""Promises of text that was written to make the agent wait: four times the text takes about four times the time.

A function whose time grows with the square of the text holds up everybody: one answer of 40,000 characters did so for
43 seconds, on the one thread that all conversations of a worker share.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.properties.growth import LENGTHS, NESTS, RUNS, Attack, complaint, mixtures
from tests.support.properties.text_functions import FUNCTIONS, LONGEST, TextFunction, functions_to_try, patterns

SHORT = [4_000]  # characters: enough for a pattern whose time grows with the square
PATTERNS = patterns()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_four_times_the_text_takes_about_four_times_the_time(name: str) -> None:
    lengths = sorted({min(length, LONGEST.get(name, length)) for length in LENGTHS})

    assert [found for attack in RUNS + NESTS if (found := complaint(FUNCTIONS[name], attack, lengths))] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_was_opened_and_is_never_closed_does_not_change_that(name: str) -> None:
    assert [found for attack in mixtures(name, 100) if (found := complaint(FUNCTIONS[name], attack, SHORT))] == []


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_each_pattern_reads_a_text_once(pattern: re.Pattern[str]) -> None:
    def find_all(text: str) -> None:
        given: Any = text if isinstance(pattern.pattern, str) else text.encode()
        pattern.fullmatch(given)
        sum(1 for _ in pattern.finditer(given))

    attacks = [*RUNS, *mixtures(str(pattern.pattern), 100)]

    assert [found for attack in attacks if (found := complaint(find_all, attack, SHORT))] == []


def test_every_function_that_takes_a_text_is_tried() -> None:
    assert functions_to_try() - {name.partition(",")[0] for name in FUNCTIONS} == set()


@pytest.mark.parametrize(
    ("slow", "pump"),
    [
        (re.compile(r"~{3,}[^`]*$").match, "~"),
        (re.compile(r"<@\w+(?:\|[^>]*)?>").findall, "<@U1|"),
        (lambda text: [text[:at].count("a") for at in range(len(text))], "b"),
    ],
    ids=["a pattern that gives back", "a pattern that begins again", "a loop that slices"],
)
def test_a_function_whose_time_grows_with_the_square_is_found_out(slow: TextFunction, pump: str) -> None:
    assert complaint(slow, Attack(pump, after="`x"), [8_000, 20_000])
