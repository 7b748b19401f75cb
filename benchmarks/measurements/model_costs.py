"""What model calls cost: their tokens, and what these cost by the price list of the product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent_worker.gemini.prices import PriceList, Tokens
from emulators.gemini.request import ModelRequest
from emulators.gemini.response_body import CHARACTERS_PER_TOKEN, prompt_tokens

FEWEST_CACHED = 4_096  # tokens; shorter prefixes are not cached: https://ai.google.dev/gemini-api/docs/caching


@dataclass(frozen=True)
class Bill:
    """What some calls have cost. `dollars` is None if a price is not known."""

    calls: int = 0
    given: int = 0
    cached: int = 0
    answered: int = 0
    dollars: float | None = 0.0

    def __add__(self, other: Bill) -> Bill:
        known = None if self.dollars is None or other.dollars is None else self.dollars + other.dollars
        return Bill(
            self.calls + other.calls,
            self.given + other.given,
            self.cached + other.cached,
            self.answered + other.answered,
            known,
        )


class ModelCosts:
    """Knows what Gemini has seen, and so what it may have cached.

    The emulated Gemini caches nothing. So `cached` is the most that the real one can: what a request has in common
    with an earlier one from its beginning on, in whole contents.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._prices = PriceList()

    def bill(self, calls: Iterable[tuple[ModelRequest, int]], at: float) -> Bill:
        """The bill of requests in the order of their arrival, each with the tokens of its answer.

        `at` is the day, in seconds since 1970, whose prices are taken.
        """
        return sum((self._bill(request, answered, at) for request, answered in calls), Bill())

    def _bill(self, request: ModelRequest, answered: int, at: float) -> Bill:
        given = prompt_tokens(request)
        cached = min(given, self._cached(request))
        cost = self._prices.cost(request.model, Tokens(given=given, cached=cached, answered=answered), at)
        return Bill(1, given, cached, answered, cost.dollars)

    def _cached(self, request: ModelRequest) -> int:
        """The tokens that a request shares with an earlier one; notes what it can share with later ones."""
        longest = 0
        for name, characters in _prefixes(request):
            if name in self._seen:
                longest = characters
            self._seen.add(name)
        tokens = longest // CHARACTERS_PER_TOKEN
        return tokens if tokens >= FEWEST_CACHED else 0


def _prefixes(request: ModelRequest) -> Iterator[tuple[str, int]]:
    """Each beginning of the prompt, which is the instructions, the tools and the contents: its name and its length."""
    seen, length = hashlib.sha256(request.model.encode()), 0
    parts = ([request.system_instruction, request.body.get("tools")], *request.contents)
    for part in parts:
        text = json.dumps(part)
        seen.update(text.encode())
        length += len(text)
        yield seen.hexdigest(), length
