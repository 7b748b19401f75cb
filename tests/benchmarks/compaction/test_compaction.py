"""Promises of the prices of long conversations: they come from what the product would send, and compare fairly."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.compaction.__main__ import Line, line, table
from benchmarks.compaction.conversation import hold
from benchmarks.compaction.requests import SMALLEST_CACHED, Caching, common_prefix, counted, tokens_in
from benchmarks.compaction.turns import CHARACTERS_PER_TOKEN, RESULT_TOKENS, sample_turn

TURNS = 20
LIMITS = (16_000, 32_000, 200_000)
LARGEST_TURN = 20_000  # tokens


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return [line(TURNS, limit) for limit in LIMITS]


def test_what_is_cached_is_never_dearer(lines: list[Line]) -> None:
    for one in lines:
        none, within, always = (one.dollars[caching] for caching in Caching)
        assert none > within > always > 0


def test_more_context_keeps_more_turns_word_for_word_and_costs_more(lines: list[Line]) -> None:
    for small, large in pairwise(lines):
        assert small.summaries > large.summaries
        assert small.mean_verbatim < large.mean_verbatim
        assert small.fewest_verbatim <= large.fewest_verbatim
        assert small.dollars[Caching.NONE] < large.dollars[Caching.NONE]
    assert (lines[-1].summaries, lines[-1].fewest_verbatim) == (0, TURNS - 1)


def test_no_request_is_longer_than_the_limit_and_one_turn(lines: list[Line]) -> None:
    assert all(one.largest < one.context_tokens + LARGEST_TURN for one in lines)


def test_each_call_begins_with_all_of_the_call_before_unless_a_summary_came_between() -> None:
    requests = hold(TURNS, 16_000).requests
    after_summary = 0

    for before, one, tokens in zip(requests, requests[1:], counted(requests)[1:], strict=False):
        if one.turn is None:
            assert tokens.tokens.cached == 0
        elif before.turn is None:
            after_summary += 1
            assert tokens.tokens.cached < tokens.tokens.given // 2
        else:
            whole = tokens_in(before.pieces)
            assert tokens.tokens.cached == (whole if whole >= SMALLEST_CACHED else 0)

    assert after_summary >= 2


def test_gemini_reads_short_beginnings_anew() -> None:
    long = "x" * (CHARACTERS_PER_TOKEN * SMALLEST_CACHED)

    assert common_prefix([long, "a"], [long, "b"]) == SMALLEST_CACHED
    assert common_prefix([long[1:], "a"], [long[1:], "b"]) == 0
    assert common_prefix(["no", long], [long]) == 0


def test_the_conversation_is_the_same_each_time_and_no_two_turns_are() -> None:
    assert hold(3, 32_000) == hold(3, 32_000)
    assert len({sample_turn(number).question for number in range(TURNS)}) == TURNS


def test_the_results_of_tools_have_the_lengths_that_are_told() -> None:
    results = [result for number in range(TURNS) for result in sample_turn(number).results]

    for result in results:
        tokens = len(str(result)) // CHARACTERS_PER_TOKEN
        assert min(RESULT_TOKENS) * 0.8 < tokens < max(RESULT_TOKENS) * 1.2


def test_the_table_has_a_row_for_each_conversation(lines: list[Line]) -> None:
    _, _, *rows = table(lines).splitlines()

    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    assert [(row[0], row[1]) for row in cells] == [(str(TURNS), f"{limit:,}") for limit in LIMITS]
    assert all(len(row) == 8 for row in cells)
