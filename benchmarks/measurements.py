"""What a benchmark brings home: of whom, of what, under which conditions, and the values of all runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.sampling import Summary, summary


@dataclass(frozen=True)
class Measurement:
    """`values` are in `unit`, one for each run; `where` says what was done under which conditions."""

    what: str
    where: str
    contender: str
    unit: str
    values: tuple[float, ...]

    @property
    def summary(self) -> Summary:
        return summary(self.values)


class Measurements:
    """All of one session, in the order in which they were taken."""

    def __init__(self, taken: Iterable[Measurement] = ()) -> None:
        self._taken = list(taken)

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._taken)

    def add(self, what: str, where: str, contender: str, unit: str, values: Iterable[float]) -> None:
        """Values of the same thing are put together; none at all are left out."""
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
        """None when it was not measured."""
        found = self.find(what, where, contender)
        return None if found is None else found.summary.median
