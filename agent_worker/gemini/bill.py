"""What the requests of one step cost: each is noted when it ends, however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent_worker.gemini.prices import PriceList, tokens_in
from agent_worker.payloads.costs import Spent, together, untold


class Bill:
    """`before` is what attempts before this one have spent. `clock` gives seconds since 1970."""

    def __init__(
        self, prices: PriceList, before: Iterable[Spent] = (), *, clock: Callable[[], float] = time.time
    ) -> None:
        self._prices = prices
        self.before = together(before)
        self._own: list[Spent] = []
        self._clock = clock

    @property
    def spent(self) -> list[Spent]:
        """So far, one item for each model."""
        return together([*self.before, *self._own])

    @property
    def own(self) -> list[Spent]:
        """The same without what attempts before have spent."""
        return together(self._own)

    def note(self, model: str, response: Mapping[str, Any], *, is_whole: bool) -> None:
        """Notes a request with what came of its response (JSON, camelCase).

        If it is not whole, or if Gemini has not counted what it was given, nobody knows what Gemini bills: the request
        is untold.
        """
        tokens = tokens_in(response)
        if tokens is None:
            self._own.append(untold(model))
            return
        cost = self._prices.cost(model, tokens, self._clock())
        known: dict[str, Any] = {name: count for name, count in vars(tokens).items() if count}
        known |= {"unpriced": 1} if cost.dollars is None else {"dollars": cost.dollars}
        known |= {"at_most": True} if cost.at_most else {}
        known |= {} if is_whole and tokens.given else {"untold": 1}
        self._own.append(Spent(model=model, **known))
