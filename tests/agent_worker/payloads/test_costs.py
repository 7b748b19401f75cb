"""Promises of what a cost tells people: it never looks smaller than it may be, and says what is not known."""

from __future__ import annotations

import pytest

from agent_worker.payloads.costs import Spent, money, together, untold, words


def spent(model: str = "a", **more: int | float | bool) -> Spent:
    return Spent.model_validate({"model": model, "given": 1_000, "answered": 200, "thoughts": 34, **more})


def test_requests_to_one_model_are_added_up_and_models_stay_apart() -> None:
    sums = together([spent(dollars=0.5), spent("b", dollars=2), spent(dollars=0.25, at_most=True), untold("a")])

    assert [(one.model, one.requests, one.given, one.dollars, one.at_most, one.untold) for one in sums] == [
        ("a", 3, 2_000, 0.75, True, 1),
        ("b", 1, 1_000, 2, False, 0),
    ]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([], ""),
        ([spent(dollars=0.004125)], "1 request, 1,234 tokens, $0.0041"),
        ([spent(dollars=0.01), spent("b", dollars=1.5)], "2 requests, 2,468 tokens, $1.51"),
        ([spent(dollars=0.01, at_most=True)], "1 request, 1,234 tokens, at most $0.01"),
        ([spent(unpriced=1)], "1 request, 1,234 tokens, price not known"),
        ([spent(unpriced=1, untold=1)], "1 request, 1,234 tokens, price not known"),
        ([spent(dollars=0.5), spent("b", unpriced=1)], "2 requests, 2,468 tokens, more than $0.50"),
        ([spent(dollars=0.5), untold("a")], "2 requests, 1,234 tokens, more than $0.50"),
        ([untold("a")], "1 request, 0 tokens, price not known"),
    ],
)
def test_people_read_requests_tokens_and_a_price_that_says_how_sure_it_is(items: list[Spent], told: str) -> None:
    assert words(items) == told


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0, "$0.00"),
        (1_234.5, "$1,234.50"),
        (0.01, "$0.01"),
        (0.009_99, "$0.01"),
        (0.000_123_4, "$0.00012"),
        (0.000_000_2, "less than $0.000001"),
    ],
)
def test_small_sums_keep_two_digits_that_say_something(amount: float, told: str) -> None:
    assert money(amount) == told
