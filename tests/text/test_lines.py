"""Promises of text for one line: it is one line, it is not too long, and what was cut shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.lines import cut, one_line, title, whole_words


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_one_line_and_never_too_long(text: str, longest: int) -> None:
    line = one_line(text, longest)

    assert len(line) <= longest
    assert line == " ".join(line.split())


def test_white_space_is_folded() -> None:
    assert one_line("  two\n\n words\t", 20) == "two words"


def test_what_fits_stays_as_it_is() -> None:
    assert cut("four", 4) == "four"


def test_what_is_cut_shows_it() -> None:
    assert cut("fives", 4) == "fiv…"


def test_words_are_not_cut_inside_where_that_can_be_helped() -> None:
    assert whole_words("one two three", 8) == "one two"
    assert whole_words("one two three", 7) == "one two"


def test_a_first_word_that_is_too_long_is_cut_inside() -> None:
    assert whole_words("incomprehensible", 5) == "incom"


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("What is the weather in New York? And then tell me about Texas.", 40, "What is the weather in New York?"),
        ("Please look at the weather in New York and tell me", 32, "Please look at the weather…"),
        ("Ticket: the printer (near the kitchen) is broken", 30, "Ticket: the printer…"),
        ("two\n words", 20, "two words"),
        ("a b incomprehensibilities", 12, "a b incompr…"),
        ("今日は。明日はどうですか", 6, "今日は。"),
    ],
    ids=["sentence", "word", "bracket", "fits", "long word", "no spaces"],
)
def test_a_title_is_cut_where_it_makes_sense(text: str, longest: int, shown: str) -> None:
    assert title(text, longest) == shown


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_title_is_one_line_and_never_too_long(text: str, longest: int) -> None:
    line = title(text, longest)

    assert len(line) <= longest
    assert "\n" not in line
    assert bool(line) == bool(text.split())
