"""What requests to the model have used and cost: counted where Gemini answers, and kept with the turn."""

from __future__ import annotations

from collections.abc import Iterable

from agent_worker.payloads.stored import Stored

COSTS = "costs"  # the query that returns the CostLog of a conversation
CENT, SMALLEST = 0.01, 0.000001  # dollars


class Spent(Stored):
    """What some requests to one model have used. Gemini counts the tokens, the worker knows the prices.

    `given` tokens went in, `cached` of them at the price of cached input. `answered` came out, without the `thoughts`.
    `dollars` is the price of all requests but the `unpriced` ones, whose price nobody knew; `at_most`: it may have been
    less. Of `untold` requests nobody knows all tokens: they were stopped, they broke off, or their worker was killed.
    """

    model: str
    requests: int = 1
    given: int = 0
    cached: int = 0
    answered: int = 0
    thoughts: int = 0
    dollars: float = 0.0
    at_most: bool = False
    unpriced: int = 0
    untold: int = 0

    @property
    def tokens(self) -> int:
        return self.given + self.answered + self.thoughts


class CostRecord(Stored):
    """What a turn has cost, or older turns of one day, person and agent together.

    `turn` is the key of the turn; "" if there are several `turns`, or none: a summary is made between turns. `day` is
    that of its end, in UTC, as in 2026-11-29. `person` is who pays: a Slack id, "" in a terminal.
    """

    day: str
    turn: str = ""
    turns: int = 1
    person: str = ""
    agent: str = ""
    spent: list[Spent] = []


class CostLog(Stored):
    """All that a conversation has cost, oldest first."""

    records: list[CostRecord] = []


def untold(model: str) -> Spent:
    """A request of which nobody knows what it has used."""
    return Spent(model=model, untold=1)


def together(spent: Iterable[Spent]) -> list[Spent]:
    """One item for each model."""
    sums: dict[str, Spent] = {}
    for one in spent:
        sums[one.model] = _sum(sums[one.model], one) if one.model in sums else one
    return list(sums.values())


def dollars(spent: Iterable[Spent]) -> float:
    """The price of all requests whose price is known."""
    return sum(one.dollars for one in spent)


def words(spent: Iterable[Spent]) -> str:
    """For people: "3 requests, 12,345 tokens, $0.0041". "" if nothing was asked."""
    items = list(spent)
    if not items:
        return ""
    requests, tokens = sum(one.requests for one in items), sum(one.tokens for one in items)
    asked = "1 request" if requests == 1 else f"{requests:,} requests"
    used = "1 token" if tokens == 1 else f"{tokens:,} tokens"
    return f"{asked}, {used}, {_price(items, requests)}"


def money(amount: float) -> str:
    """Dollars: with cents, or the first two digits that say something if it is less than a cent."""
    if amount == 0 or amount >= CENT:
        return f"${amount:,.2f}"
    if amount < SMALLEST:
        return f"less than ${SMALLEST:.6f}"
    return "$" + f"{float(f'{amount:.2g}'):.7f}".rstrip("0")


def _price(items: list[Spent], requests: int) -> str:
    unknown = sum(one.unpriced for one in items)
    missing = sum(one.untold for one in items)
    if not dollars(items) and unknown + missing >= requests:  # a request may be both
        return "price not known"
    price = money(dollars(items))
    if unknown or missing:
        return f"more than {price}"
    return f"at most {price}" if any(one.at_most for one in items) else price


def _sum(one: Spent, other: Spent) -> Spent:
    counted = ("requests", "given", "cached", "answered", "thoughts", "dollars", "unpriced", "untold")
    sums = {name: getattr(one, name) + getattr(other, name) for name in counted}
    return Spent(model=one.model, at_most=one.at_most or other.at_most, **{k: v for k, v in sums.items() if v})
