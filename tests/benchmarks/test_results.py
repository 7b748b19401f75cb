"""Promises of what is shown and kept: every bar is judged, nothing is written over, and plots are plots."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import bars, crowds, growth, mishaps, plots, results, table, turns
from benchmarks.measurements import Measurements
from benchmarks.plan import Crowd, Turns
from benchmarks.stubs import NONE, REAL

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
CHAIN_REAL = turns.where(Turns("chain", REAL, 0, 0), turns.FIRST)
CHAIN_NONE = turns.where(Turns("chain", NONE, 0, 0), turns.FIRST)
HAIKU = turns.where(Turns("haiku", NONE, 0, 0), turns.FIRST)


def measured() -> Measurements:
    """A session in which every bar is just reached."""
    taken = Measurements()
    for name, real, none in (("product", 1_660.0, 50.0), ("plain", 1_600.0, 30.0), ("tutorial", 2_500.0, 250.0)):
        taken.add("whole turn", CHAIN_REAL, name, "ms", [real])
        taken.add("whole turn", CHAIN_NONE, name, "ms", [none])
    for name, speed in (("product", 50.0), ("plain", 100.0), ("tutorial", 5.0)):
        taken.add("turns per second", crowds.where(Crowd(20, 0, 0)), name, "turns/s", [speed])
    taken.add("mention → status", HAIKU, "product", "ms", [40.0, 50.0, 60.0])
    taken.add("Temporal actions", HAIKU, "product", "per turn", [4])
    taken.add("Temporal actions", CHAIN_NONE, "product", "per turn", [13])
    for length, size in ((20, 6_000), (200, 6_600)):
        taken.add("history bytes", growth.turn(length), "product", "per turn", [size])
    for count, megabytes in ((0, 100.0), (1_000, 250.0)):
        taken.add("memory", growth.idle(count), "product worker", "MB", [megabytes])
    for role in ("bot", "worker"):
        taken.add("start-up", mishaps.START, f"product {role}", "s", [2.0])
    taken.add("SIGKILL of the worker → turn goes on", mishaps.KILL, "product", "s", [7.0, 9.9])
    return taken


def test_every_bar_is_reached_by_values_that_just_reach_it() -> None:
    judged = bars.bars(measured())

    assert {bar.what: bar.value for bar in judged if bar.reached is not True} == {}
    assert len(judged) == 12


@pytest.mark.parametrize(
    ("what", "where", "contender", "values", "missed"),
    [
        ("whole turn", CHAIN_REAL, "product", [1_700.0] * 2, {"beyond plain", "against plain"}),
        ("whole turn", CHAIN_NONE, "tutorial", [100.0] * 2, {"three-tool turn at 0/0/0 ms, against tutorial"}),
        ("turns per second", crowds.where(Crowd(20, 0, 0)), "tutorial", [9.0] * 2, {"20 threads"}),
        ("mention → status", HAIKU, "product", [70.0] * 4, {"status visible"}),
        ("history bytes", growth.turn(200), "product", [7_000.0] * 2, {"turn 200"}),
        ("Temporal actions", HAIKU, "product", [5] * 2, {"actions of a haiku turn"}),
        ("Temporal actions", CHAIN_NONE, "product", [14] * 2, {"actions of a chain turn"}),
        ("memory", growth.idle(1_000), "product worker", [300.0] * 2, {"memory"}),
        ("start-up", mishaps.START, "product bot", [2.5] * 2, {"start-up of the bot"}),
        ("SIGKILL of the worker → turn goes on", mishaps.KILL, "product", [10.1], {"SIGKILL"}),
    ],
)
def test_a_bar_that_is_not_reached_is_said_to_be_missed(
    what: str, where: str, contender: str, values: list[float], missed: set[str]
) -> None:
    taken = measured()
    taken.add(what, where, contender, "any", values)

    said = [bar.what for bar in bars.bars(taken) if bar.reached is False]

    assert len(said) == len(missed)
    assert all(any(part in one for one in said) for part in missed)
    assert "MISSED" in table.bar_table(bars.bars(taken))


def test_what_was_not_measured_is_neither_reached_nor_missed() -> None:
    judged = bars.bars(Measurements())

    assert {bar.reached for bar in judged} == {None}
    assert {bar.value for bar in judged} == {"not measured"}


@pytest.mark.parametrize(("megabytes", "value", "reached"), [(120.0, "100 MB", True), (150.0, "250 MB", None)])
def test_memory_of_fewer_conversations_is_reckoned_up_and_can_only_be_good_news(
    megabytes: float, value: str, *, reached: bool | None
) -> None:
    taken = Measurements()
    for count, measured in ((0, 100.0), (200, megabytes)):
        taken.add("memory", growth.idle(count), "product worker", "MB", [measured])

    (bar,) = [bar for bar in bars.bars(taken) if bar.value != "not measured"]

    assert (bar.value, bar.reached, bar.note) == (value, reached, "at most; reckoned from 200")


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
        taken.add("start-up", mishaps.START, name, "s", [1.0])

    lines = [line.split() for line in table.table(taken).splitlines()[2:]]

    assert lines == [
        ["start-up,", "worker", "(s)", "1", "1/-/-"],
        ["start-up,", "bot", "(s)", "1", "1", "1/1/-"],
        ["start-up,", "2", "workers", "(s)", "1", "1/-/-"],
    ]


def report() -> dict[str, Any]:
    taken = measured()
    return results.report(taken, bars.bars(taken), is_quick=False, at=AT)


def test_a_result_is_a_dated_file_that_names_the_machine_and_the_versions(tmp_path: Path) -> None:
    path = results.write(report(), tmp_path / "new")

    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "2027-01-02T030405Z.json"
    assert kept["machine"]["cores"] >= 1
    assert kept["versions"]["temporalio"]
    assert {"what": "mention → status", "median": 50.0, "runs": 3}.items() <= kept["measurements"][8 + 1].items()
    assert len(kept["bars"]) == 12


def test_a_result_is_never_written_over(tmp_path: Path) -> None:
    results.write(report(), tmp_path)

    with pytest.raises(FileExistsError):
        results.write(report(), tmp_path)


def test_plots_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    drawn = plots.write(report(), tmp_path)

    assert [path.name for path in drawn] == ["whole-turn.svg", "throughput.svg", "history.svg"]
    for path in drawn:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert "1,660 product" in (tmp_path / "whole-turn.svg").read_text(encoding="utf-8")


def test_no_plot_is_drawn_of_nothing(tmp_path: Path) -> None:
    nothing = results.report(Measurements(), [], is_quick=True, at=AT)

    assert plots.write(nothing, tmp_path) == []


def test_the_longest_bar_is_the_greatest_value() -> None:
    svg = ElementTree.fromstring(plots.bar_plot("t", [("g", {"product": 1.0, "plain": 4.0, "tutorial": 2.0})]))
    widths = [float(one.get("width", "0")) for one in svg.iter("{http://www.w3.org/2000/svg}rect")]

    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    assert widths[2] == pytest.approx(2 * widths[0], rel=0.01)
