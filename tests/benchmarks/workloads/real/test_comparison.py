"""Promises of the comparison: the product is set beside plain where both were measured, and nowhere else."""

from __future__ import annotations

from benchmarks.measurements.measurements import Measurements
from benchmarks.workloads.real import comparison
from benchmarks.workloads.real.names import AGAINST_PLAIN, BEYOND_PLAIN, WHOLE_TURN, many_threads, one_thread
from benchmarks.workloads.turns import FIRST


def test_the_product_is_set_beside_plain_by_the_medians() -> None:
    taken = Measurements()
    place = one_thread("chain", FIRST)
    taken.add(WHOLE_TURN, place, "product", "ms", [9_000.0, 9_200.0, 9_900.0])
    taken.add(WHOLE_TURN, place, "plain", "ms", [9_000.0, 9_000.0, 8_000.0])

    comparison.add(taken)

    assert taken.median(BEYOND_PLAIN, place, "product") == 200.0
    assert taken.median(AGAINST_PLAIN, place, "product") == 9_200 / 9_000


def test_what_was_not_measured_at_the_speed_of_real_models_is_not_compared() -> None:
    taken = Measurements()
    taken.add(WHOLE_TURN, many_threads("haiku", 20, 2), "product", "ms", [3_000.0])
    for name in ("product", "plain"):
        taken.add(WHOLE_TURN, "haiku, 0/0/0 ms, first turn", name, "ms", [10.0])

    comparison.add(taken)

    assert {one.what for one in taken} == {WHOLE_TURN}
