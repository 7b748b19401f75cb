"""Promises of the table: everything that was measured is in it, and uncertain values are marked."""

from __future__ import annotations

from benchmarks.measurements.measurements import Measurements
from benchmarks.report import table
from benchmarks.workloads import restarts
from tests.support.benchmarks.measured import HAIKU, measured


def test_the_table_has_a_line_for_all_that_was_measured() -> None:
    shown = table.table(measured())

    assert all(one.what in shown and one.where in shown for one in measured())
    line = next(line for line in shown.splitlines() if "turns per second" in line)
    assert line.split()[-4:] == ["50", "100", "5", "1/1/1"]


def test_values_that_more_runs_may_change_are_marked() -> None:
    taken = Measurements()
    taken.add("whole turn", HAIKU, "product", "ms", [10.0, 30.0, 20.0])

    assert "20? (29)" in table.table(taken)


def test_processes_stand_side_by_side_below_their_contenders() -> None:
    taken = Measurements()
    for name in ("product worker", "product bot", "plain bot", "product, 2 workers"):
        taken.add("start-up", restarts.START, name, "s", [1.0])

    lines = [line.split() for line in table.table(taken).splitlines()[2:]]

    assert lines == [
        ["start-up,", "worker", "(s)", "1", "1/-/-"],
        ["start-up,", "bot", "(s)", "1", "1", "1/1/-"],
        ["start-up,", "2", "workers", "(s)", "1", "1/-/-"],
    ]
