"""Promises of the questions: with sizes, right answers are about as long as real ones, and hold what they must."""

from __future__ import annotations

import pytest

from benchmarks.stubs.questions import REAL_SIZES, Kind, Question, right_answer
from emulators.gemini.response_body import CHARACTERS_PER_TOKEN

ALERTS = {"New York": 2, "California": 3}


@pytest.mark.parametrize("kind", REAL_SIZES)
def test_an_answer_has_the_size_of_a_real_one_and_begins_as_it_does_without(kind: Kind) -> None:
    question = Question(kind, 1)

    long = right_answer(question, ALERTS, REAL_SIZES)

    assert REAL_SIZES[kind] - 2 <= len(long) / CHARACTERS_PER_TOKEN <= REAL_SIZES[kind]
    assert long.startswith(right_answer(question, ALERTS))
