"""What a request costs, with and without the input that Gemini still has from the request before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import Any

from agent_worker.gemini.prices import PRICES, PriceList, Tokens
from benchmarks.compaction.turns import CHARACTERS_PER_TOKEN

MODEL = "gemini-3.8-flash"  # the default
# The shortest prefix that Gemini caches by itself, https://ai.google.dev/gemini-api/docs/caching (13 October 2026).
SMALLEST_CACHED = 4_096
CACHED_SHARE = 0.1  # of the price of input, where our list does not name one; Google tells of 90 % off


class Caching(Enum):
    """How long Gemini keeps what it has read. It promises nothing; a few minutes are usual."""

    NONE = "nothing cached"
    WITHIN_TURNS = "cached within a turn"
    ALWAYS = "all cached"


@dataclass(frozen=True)
class Request:
    """`turn` is the number of the turn that it belongs to; None for a summary. `pieces` are its text, in order."""

    turn: int | None
    pieces: Sequence[str]
    answered: int  # tokens, as are the thoughts
    thoughts: int


def text_of(sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The text of a request's body in the order in which Gemini reads it: instructions, tools, then each entry."""
    instructions = [part["text"] for part in sent.get("systemInstruction", {}).get("parts", [])]
    entries = (entry["role"] + "".join(map(_part, entry["parts"])) for entry in sent["contents"])
    return (*instructions, _json(sent.get("tools", [])), *entries)


def _part(part: Mapping[str, Any]) -> str:
    return str(part["text"]) if set(part) == {"text"} else _json(part)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def tokens_in(pieces: Iterable[str]) -> int:
    return sum(map(len, pieces)) // CHARACTERS_PER_TOKEN


def common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    """The tokens at the beginning that two requests have in common; 0 if these are too few to be cached."""
    same = _same(one, other)
    begun = [first[: _same(first, second)] for first, second in zip(one[same:], other[same:], strict=False)][:1]
    tokens = tokens_in([*one[:same], *begun])
    return tokens if tokens >= SMALLEST_CACHED else 0


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces, or characters, are the same from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))


@dataclass(frozen=True)
class Counted:
    """A request's tokens if all is cached that it has in common with the one before."""

    turn: int | None
    begins_turn: bool
    tokens: Tokens

    def by(self, caching: Caching) -> Tokens:
        is_cached = caching is Caching.ALWAYS or (caching is Caching.WITHIN_TURNS and not self.begins_turn)
        return self.tokens if is_cached else replace(self.tokens, cached=0)


def counted(requests: Sequence[Request]) -> list[Counted]:
    """The tokens of each request. A summary is another prompt, so it has no prefix, and does not end one either."""
    calls = [one for one in requests if one.turn is not None]
    before = {id(later): earlier for earlier, later in pairwise(calls)}
    return [_counted(one, before.get(id(one))) for one in requests]


def _counted(request: Request, before: Request | None) -> Counted:
    cached = common_prefix(before.pieces, request.pieces) if before else 0
    tokens = Tokens(tokens_in(request.pieces), cached, request.answered, request.thoughts)
    return Counted(request.turn, before is None or before.turn != request.turn, tokens)


def dollars(requests: Sequence[Counted], caching: Caching) -> float:
    """What all of them cost together, by the price list that ships with the agent."""
    price = PRICES[MODEL][0]
    cached = price.given * CACHED_SHARE if price.cached is None else price.cached
    prices = PriceList({MODEL: replace(price, cached=cached)})
    costs = (prices.cost(MODEL, one.by(caching), at=0).dollars for one in requests)
    return sum(cost for cost in costs if cost is not None)
