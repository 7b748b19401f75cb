"""The lines of an export: JSON objects, either one for each turn and model, or sums of what belongs together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_worker.payloads.costs import Spent, together
from agent_worker.usage.costs import Cost, Found

FIELDS = ("day", "person", "channel", "agent", "model")  # by which sums can be made
_EXACT = 9  # digits after the point, of dollars
_COUNTED = ("requests", "given", "cached", "answered", "thoughts")


@dataclass(frozen=True)
class Wanted:
    """From the day `since` to the day `until`, both included, in UTC.

    `by` are the fields by which sums are made; none: every turn is told. `person` is "" for all people.
    """

    since: date | None = None
    until: date | None = None
    person: str = ""
    by: Sequence[str] = ()

    def has(self, cost: Cost) -> bool:
        """A day is written as 2026-11-29, so the order of the texts is that of the days."""
        day = cost.record.day
        is_in_time = (self.since is None or self.since.isoformat() <= day) and (
            self.until is None or day <= self.until.isoformat()
        )
        return is_in_time and self.person in ("", cost.record.person)


def lines(found: Found, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """What is wanted, and a last line that adds all of it up."""
    costs = list(filter(wanted.has, found.costs))
    yield from _sums(costs, wanted.by) if wanted.by else _turns(costs)
    total = _figures(costs)
    yield {"summary": {**total, "unread": found.unread}}


def _turns(costs: Iterable[Cost]) -> list[dict[str, Any]]:
    told = [
        {
            **_named(one),
            "team": one.thread.team if one.thread else None,
            "thread_ts": one.thread.thread_ts if one.thread else None,
            "turn": one.record.turn or None,
            **_figures([one]),
        }
        for one in costs
    ]
    return sorted(told, key=lambda line: [str(line[name] or "") for name in ("day", "channel", "thread_ts", "turn")])


def _sums(costs: Iterable[Cost], by: Sequence[str]) -> Iterator[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[Cost]] = {}
    for one in costs:
        names = _named(one)
        groups.setdefault(tuple(names[name] or "" for name in by), []).append(one)
    for key in sorted(groups):
        yield {**{name: value or None for name, value in zip(by, key, strict=True)}, **_figures(groups[key])}


def _named(cost: Cost) -> dict[str, str | None]:
    return {
        "day": cost.record.day,
        "person": cost.record.person or None,
        "channel": cost.thread.channel if cost.thread else None,
        "agent": cost.record.agent or None,
        "model": cost.spent.model,
    }


def _figures(costs: Sequence[Cost]) -> dict[str, Any]:
    """`dollars` is None if no price is known. `unpriced` and `untold` requests are not in it."""
    items = [one.spent.model_copy(update={"model": ""}) for one in costs]
    spent = next(iter(together(items)), Spent(model="", requests=0))
    is_known = spent.dollars > 0 or spent.unpriced + spent.untold == 0
    return {
        "turns": sum(one.turns for one in costs),
        **{name: getattr(spent, name) for name in _COUNTED},
        "dollars": round(spent.dollars, _EXACT) if is_known else None,
        "at_most": spent.at_most,
        "unpriced": spent.unpriced,
        "untold": spent.untold,
    }
