"""The values of a session: of which contender, of what, under which conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.measurements.statistics import Summary, summary


@dataclass(frozen=True)
class Measurement:
    """`values` has one value for each run, in `unit`. `where` says what was done and under which conditions."""

    what: str
    where: str
    contender: str
    unit: str
    values: tuple[float, ...]

    @property
    def summary(self) -> Summary:
        return summary(self.values)


class Measurements:
    """All measurements of one session, in the order in which they were taken."""

    def __init__(self, taken: Iterable[Measurement] = ()) -> None:
        self._taken = list(taken)

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._taken)

    def add(self, what: str, where: str, contender: str, unit: str, values: Iterable[float]) -> None:
        """Adds values to those of the same thing, conditions and contender; no values add nothing."""
        new = tuple(values)
        if not new:
            return
        for index, old in enumerate(self._taken):
            if (old.what, old.where, old.contender) == (what, where, contender):
                self._taken[index] = Measurement(what, where, contender, unit, old.values + new)
                return
        self._taken.append(Measurement(what, where, contender, unit, new))

    def find(self, what: str, where: str, contender: str) -> Measurement | None:
        found = (one for one in self._taken if (one.what, one.where, one.contender) == (what, where, contender))
        return next(found, None)

    def median(self, what: str, where: str, contender: str) -> float | None:
        """The median of all runs; None if it was not measured."""
        found = self.find(what, where, contender)
        return None if found is None else found.summary.median
