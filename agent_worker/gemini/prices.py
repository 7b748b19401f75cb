"""What Gemini's tokens cost: the list prices of the models, as they were noted here, and those that operators name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from text.json_shapes import mapping

NOTED = "November 2026"
LIST = "https://ai.google.dev/gemini-api/docs/pricing"
_MILLION = 1_000_000
MOST_TOKENS = 2**31  # the API's counts have 32 bits
_NUMBER = r"(\d{1,6}+(?:\.\d{1,6}+)?+)"
_NAMED = re.compile(rf"([A-Za-z0-9._-]++)={_NUMBER}/{_NUMBER}(?:/{_NUMBER})?+")


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens, of plain requests of the paid tier. Thoughts cost as much as the answer.

    `cached` is the price of input that Gemini had cached, None if it is not known. The price holds for requests of up
    to `longest` tokens of input and, if `until` is set, up to and with that day.
    """

    given: float
    answered: float
    cached: float | None = None
    longest: int = 1_048_576
    until: date | None = None
    is_own: bool = False  # an operator has named it


_NEW_YEAR, _END_OF_NOVEMBER = date(2026, 12, 31), date(2026, 11, 30)
_GEMINI_4 = (Price(2.0, 10.0, until=_END_OF_NOVEMBER), Price(4.0, 20.0))
PRICES: Mapping[str, Sequence[Price]] = {
    "gemini-4-hydrogen": (Price(1.5, 7.5, cached=0.075),),
    "gemini-4-argon": _GEMINI_4,
    "gemini-4-carbon": _GEMINI_4,
    "gemini-3.8-flash": (Price(0.75, 3.75, until=_NEW_YEAR), Price(1.5, 7.5)),
    "gemini-3.6-flash": (Price(1.5, 7.5),),
    "gemini-3.5-flash-lite": (Price(0.3, 2.5),),
    "gemini-3.1-pro-preview": (Price(2.0, 12.0, longest=200_000),),
}


@dataclass(frozen=True)
class Tokens:
    """The tokens of one request. `cached` are among those that were `given`; `answered` are without the `thoughts`."""

    given: int = 0
    cached: int = 0
    answered: int = 0
    thoughts: int = 0


@dataclass(frozen=True)
class Cost:
    """`dollars` is None if the price is not known; `at_most`: it may have been less. `source` says where it is from."""

    dollars: float | None
    source: str
    at_most: bool = False


class PriceList:
    """The prices that go: those that an operator has named come before those that were noted here."""

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        self._own = own or {}

    @classmethod
    def of(cls, setting: str) -> PriceList:
        """Reads "model=input/output" or "model=input/output/cached", separated by commas; raises ValueError."""
        own: dict[str, Price] = {}
        for item in filter(None, map(str.strip, setting.split(","))):
            named = _NAMED.fullmatch(item)
            if named is None:
                raise ValueError("names prices as model=input/output or model=input/output/cached")
            model, given, answered, cached = named.groups()
            own[model] = Price(
                float(given), float(answered), cached=float(cached) if cached is not None else None, is_own=True
            )
        return cls(own)

    def cost(self, model: str, tokens: Tokens, at: float) -> Cost:
        """What a request cost that was sent `at` this time, in seconds since 1970."""
        price = self._price(model, tokens.given, at)
        if price is None:
            return Cost(None, f"No cost is shown, because the price of this request to {model} is not known here.")
        is_dearer = price.cached is None and tokens.cached > 0
        cached = price.given if price.cached is None else price.cached
        spent = (tokens.given - tokens.cached) * price.given + tokens.cached * cached
        spent += (tokens.answered + tokens.thoughts) * price.answered
        return Cost(spent / _MILLION, _source(price, is_dearer=is_dearer), at_most=is_dearer)

    def _price(self, model: str, given: int, at: float) -> Price | None:
        if model in self._own:
            return self._own[model]
        day = datetime.fromtimestamp(at, UTC).date()
        prices = [one for one in PRICES.get(model, ()) if one.until is None or day <= one.until]
        return prices[0] if prices and given <= prices[0].longest else None


def tokens_in(response: Mapping[str, Any]) -> Tokens | None:
    """What Gemini has counted in a response (JSON, camelCase); None if it has counted nothing."""
    usage = mapping(response.get("usageMetadata"))
    if not usage:
        return None

    def count(name: str) -> int:
        value = usage.get(name)
        return value if isinstance(value, int) and 0 < value < MOST_TOKENS else 0

    given = count("promptTokenCount") + count("toolUsePromptTokenCount")
    return Tokens(
        given=given,
        cached=min(given, count("cachedContentTokenCount")),
        answered=count("candidatesTokenCount"),
        thoughts=count("thoughtsTokenCount"),
    )


def _source(price: Price, *, is_dearer: bool) -> str:
    until = f" until {price.until.day} {price.until:%B %Y}" if price.until else ""
    told = f"${price.given:.2f} for a million tokens of input, ${price.answered:.2f} for a million of output"
    known = f", ${price.cached:g} for a million that were cached" if price.cached is not None else ""
    unknown = " Tokens that were cached cost less, but how much is not known here." if is_dearer else ""
    origin = "as GEMINI_PRICES names it" if price.is_own else f"the list price as it was noted here in {NOTED}"
    return f"{told}{known}{until}: {origin}.{unknown}"
