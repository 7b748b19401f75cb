"""Statistics of measured values: the median, the 95th percentile, and whether more runs may change the median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STABLE = 0.1  # the width of the median's 95 % interval, as a part of the median
FEWEST = 8  # runs; fewer give no 95 % interval of the median
_NORMAL_95 = 1.96


@dataclass(frozen=True)
class Summary:
    """`low` and `high` are the median's 95 % confidence interval; `is_stable` says that this interval is narrow."""

    runs: int
    median: float
    p95: float
    low: float
    high: float

    @property
    def is_stable(self) -> bool:
        return self.runs >= FEWEST and self.high - self.low <= STABLE * abs(self.median)


def summary(values: Sequence[float]) -> Summary:
    """The statistics of at least one value; raises ValueError for none."""
    middle = median(values)
    low, high = median_interval(values)
    return Summary(len(values), middle, percentile(values, 95), low, high)


def median(values: Sequence[float]) -> float:
    return percentile(values, 50)


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile, interpolated between the two nearest values; raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below, above = math.floor(place), math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The values between which the true median lies in 95 of 100 cases; the distribution does not matter."""
    ordered = sorted(values)
    count = len(ordered)
    spread = _NORMAL_95 * math.sqrt(count) / 2
    low = max(0, math.floor(count / 2 - spread))
    high = min(count - 1, math.ceil(count / 2 + spread) - 1)
    return ordered[low], ordered[max(low, high)]
