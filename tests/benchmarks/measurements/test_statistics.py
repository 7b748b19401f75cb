"""Promises of the statistics: median and percentile are the usual ones, and too few runs are never stable."""

from __future__ import annotations

import random
from statistics import median

import pytest

from benchmarks.measurements.statistics import FEWEST, median_interval, percentile, summary


def test_the_median_is_the_usual_one() -> None:
    for count in range(1, 12):
        values = random.Random(count).sample(range(100), count)

        assert summary(values).median == median(values)


def test_one_slow_run_in_twenty_shows_in_the_95th_percentile_and_not_in_the_median() -> None:
    found = summary([10.0] * 19 + [1_000.0])

    assert found.median == 10.0
    assert found.p95 > 50.0


def test_percentiles_lie_between_the_values() -> None:
    assert percentile([0.0, 10.0], 95) == pytest.approx(9.5)


def test_nothing_measured_has_no_percentiles() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        summary([])


def test_the_true_median_lies_in_the_interval_in_95_of_100_cases() -> None:
    chance = random.Random(1)
    hits = 0
    for _ in range(1_000):
        low, high = median_interval([chance.expovariate(1) for _ in range(40)])
        hits += low <= 0.6931 <= high

    assert 930 <= hits <= 985


def test_many_like_values_are_stable_and_few_or_scattered_ones_are_not() -> None:
    assert summary([100.0, 101.0] * 10).is_stable
    assert not summary([100.0] * (FEWEST - 1)).is_stable
    assert not summary([50.0, 100.0, 150.0, 200.0] * 10).is_stable
