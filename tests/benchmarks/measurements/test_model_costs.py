"""Promises of what model calls cost: tokens are counted, and cached is only what Gemini has seen from the beginning."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.measurements.model_costs import FEWEST_CACHED, Bill, ModelCosts
from emulators.gemini.request import ModelRequest
from emulators.gemini.response_body import CHARACTERS_PER_TOKEN, prompt_tokens

NOVEMBER = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()
LONG = "word" * FEWEST_CACHED  # characters for just as many tokens as may be cached


def asking(*texts: str, model: str = "gemini-3.8-flash") -> ModelRequest:
    contents: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": text}]} for text in texts]
    return ModelRequest(model, "v1", streamed=True, body={"contents": contents})


def test_a_call_costs_its_input_and_its_output_at_list_price() -> None:
    request = asking("hello")

    bill = ModelCosts().bill([(request, 100)], NOVEMBER)

    given = prompt_tokens(request)
    assert bill.dollars == pytest.approx((given * 0.75 + 100 * 3.75) / 1_000_000)
    assert (bill.calls, bill.given, bill.cached, bill.answered) == (1, given, 0, 100)


def test_what_a_request_shares_with_an_earlier_one_from_its_beginning_on_may_be_cached() -> None:
    first, second = ModelCosts(), ModelCosts()
    first.bill([(asking(LONG), 1)], NOVEMBER)
    second.bill([(asking("something else", LONG), 1)], NOVEMBER)
    later = asking(LONG, "and this?")

    bill = first.bill([(later, 1)], NOVEMBER)

    assert FEWEST_CACHED <= bill.cached < bill.given
    assert bill.given - bill.cached < 40
    assert second.bill([(later, 1)], NOVEMBER).cached == 0


def test_a_short_beginning_and_that_of_another_model_are_not_cached() -> None:
    costs = ModelCosts()
    short = LONG[: -100 * CHARACTERS_PER_TOKEN]
    costs.bill([(asking(LONG, model="gemini-3.6-flash"), 1), (asking(short), 1)], NOVEMBER)

    assert costs.bill([(asking(LONG, "more"), 1)], NOVEMBER).cached == 0
    assert costs.bill([(asking(short, "more"), 1)], NOVEMBER).cached == 0


def test_a_sum_with_a_price_that_is_not_known_is_not_known() -> None:
    unknown = ModelCosts().bill([(asking("hello", model="gemini-2.5-pro"), 1)], NOVEMBER)

    assert unknown.dollars is None
    assert (Bill(1, 2, 3, 4, 0.5) + unknown).dollars is None
    assert Bill(1, 2, 3, 4, 0.5) + Bill(1, 1, 1, 1, 0.25) == Bill(2, 3, 4, 5, 0.75)
