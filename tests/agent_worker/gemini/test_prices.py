"""The cost of a request is worked out from the model's list price, where that is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent_worker.gemini.prices import PriceList, Tokens, tokens_in

cost = PriceList().cost
NOW = datetime(2026, 11, 29, tzinfo=UTC).timestamp()
NEXT_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("model", "tokens", "at", "dollars"),
    [
        ("gemini-3.8-flash", Tokens(given=1_000_000), NOW, 0.75),
        ("gemini-3.8-flash", Tokens(given=1_000_000), NEXT_YEAR, 1.5),
        ("gemini-3.8-flash", Tokens(answered=1_000, thoughts=3_000), NOW, 0.015),
        ("gemini-4-hydrogen", Tokens(given=1_000_000, cached=400_000), NOW, 0.93),
        ("gemini-3.5-flash-lite", Tokens(given=10_000, answered=1_000), NOW, 0.0055),
    ],
)
def test_input_output_thoughts_and_cached_tokens_have_their_prices(
    model: str, tokens: Tokens, at: float, dollars: float
) -> None:
    told = cost(model, tokens, at)

    assert told.dollars == pytest.approx(dollars)
    assert not told.at_most


def test_where_the_price_of_cached_tokens_is_not_known_the_cost_is_the_most_that_it_can_be() -> None:
    told = cost("gemini-3.8-flash", Tokens(given=1_000_000, cached=900_000), NOW)

    assert told.dollars == pytest.approx(0.75)
    assert told.at_most
    assert "cached cost less" in told.source


@pytest.mark.parametrize(
    ("model", "given"), [("gemini-9-unheard-of", 10), ("gemini-3.1-pro-preview", 200_001)], ids=["model", "size"]
)
def test_without_a_known_price_there_is_no_cost(model: str, given: int) -> None:
    told = cost(model, Tokens(given=given), NOW)

    assert told.dollars is None
    assert "not known here" in told.source


def test_it_is_said_where_a_price_is_from_and_until_when_it_holds() -> None:
    source = cost("gemini-3.8-flash", Tokens(given=1), NOW).source

    assert "$0.75 for a million tokens of input, $3.75 for a million of output until 31 December 2026" in source
    assert "as it was noted here in November 2026" in source


def test_a_price_that_an_operator_names_comes_before_the_list() -> None:
    named = PriceList.of("gemini-3.8-flash=1/2/0.1, gemini-9-unheard-of=3/4")

    cached = named.cost("gemini-3.8-flash", Tokens(given=1_000_000, cached=500_000), NOW)
    unheard = named.cost("gemini-9-unheard-of", Tokens(answered=1_000_000), NOW)

    assert cached.dollars == pytest.approx(0.55)
    assert not cached.at_most
    assert unheard.dollars == pytest.approx(4)
    assert "as GEMINI_PRICES names it" in unheard.source


@pytest.mark.parametrize("setting", ["gemini-3.8-flash", "gemini-3.8-flash=1", "a=1/2/3/4", "a=-1/2", "a=1/x", "=1/2"])
def test_a_price_that_is_not_understood_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="model=input/output"):
        PriceList.of(setting)


def test_what_gemini_counts_is_read_and_nonsense_counts_as_nothing() -> None:
    usage = {
        "promptTokenCount": 100,
        "toolUsePromptTokenCount": 20,
        "cachedContentTokenCount": 90,
        "candidatesTokenCount": 10**400,
        "thoughtsTokenCount": "many",
    }

    assert tokens_in({"usageMetadata": usage}) == Tokens(given=120, cached=90)
    assert tokens_in({"usageMetadata": usage | {"promptTokenCount": 1}}) == Tokens(given=21, cached=21)
    assert tokens_in({}) is None
