"""Promises of text for one line: it is one line, it is not too long, and what was cut shows it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from text.lines import cut, one_line, whole_words


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
