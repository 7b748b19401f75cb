"""Promises of the targets: each is judged, and none is called reached that is missed or was not measured."""

from __future__ import annotations

import pytest

from benchmarks.measurements.measurements import Measurements
from benchmarks.report import table
from benchmarks.report.targets import judge_all
from benchmarks.workloads import long_conversations, open_conversations, restarts
from benchmarks.workloads.real import names
from benchmarks.workloads.turns import FIRST, FOLLOW_UP
from tests.support.benchmarks.measured import CHAIN_NONE, CHAIN_REAL, CROWD, HAIKU, REAL_CROWD, measured


def test_every_target_is_reached_by_values_that_just_reach_it() -> None:
    judged = judge_all(measured())

    assert {target.what: target.measured for target in judged if target.reached is not True} == {}
    assert len(judged) == 19


@pytest.mark.parametrize(
    ("what", "where", "contender", "values", "missed"),
    [
        ("whole turn", CHAIN_REAL, "product", [1_700.0] * 2, {"beyond plain", "against plain"}),
        ("whole turn", CHAIN_NONE, "tutorial", [100.0] * 2, {"three-tool turn at 0/0/0 ms, against tutorial"}),
        ("turns per second", CROWD, "tutorial", [9.0] * 2, {"20 threads"}),
        ("mention → status", HAIKU, "product", [70.0] * 4, {"status visible"}),
        ("history bytes", long_conversations.where(200), "product", [7_000.0] * 2, {"turn 200"}),
        ("Temporal actions", HAIKU, "product", [5] * 2, {"actions of a haiku turn"}),
        ("Temporal actions", CHAIN_NONE, "product", [14] * 2, {"actions of a chain turn"}),
        ("memory", open_conversations.where(1_000), "product worker", [300.0] * 2, {"memory"}),
        ("start-up", restarts.START, "product bot", [2.5] * 2, {"start-up of the bot"}),
        ("SIGKILL of the worker → turn goes on", restarts.KILL, "product", [5.1], {"SIGKILL"}),
        (names.ACTIONS, names.one_thread("haiku", FOLLOW_UP), "product", [6] * 2, {"a haiku turn with its heartbeats"}),
        (
            names.ACTIONS,
            names.one_thread("chain", FOLLOW_UP),
            "product",
            [23] * 2,
            {"a chain turn with its heartbeats"},
        ),
        (names.SLACK_CALLS, names.one_thread("chain", FOLLOW_UP), "product", [12] * 2, {"Slack calls"}),
        (names.FIRST_WORD, names.one_thread("haiku", FIRST), "product", [400.0] * 2, {"first token"}),
        (names.WHOLE_TURN, names.one_thread("chain", FIRST), "product", [10_400.0] * 2, {"with real models, against"}),
        (names.WHOLE_TURN, REAL_CROWD, "product", [13_000.0] * 2, {"whole turn, 200 threads"}),
        (names.MENTION_TO_FIRST_WORD, REAL_CROWD, "product", [13_000.0] * 2, {"first word, 200 threads"}),
    ],
)
def test_a_target_that_is_not_reached_is_said_to_be_missed(
    what: str, where: str, contender: str, values: list[float], missed: set[str]
) -> None:
    taken = measured()
    taken.add(what, where, contender, "any", values)

    said = [target.what for target in judge_all(taken) if target.reached is False]

    assert len(said) == len(missed)
    assert all(any(part in one for one in said) for part in missed)
    assert table.target_table(judge_all(taken)).count("MISSED") == len(missed)


def test_what_was_not_measured_is_neither_reached_nor_missed() -> None:
    judged = judge_all(Measurements())

    assert {target.reached for target in judged} == {None}
    assert {target.measured for target in judged} == {"not measured"}


@pytest.mark.parametrize(("megabytes", "value", "reached"), [(120.0, "100 MB", True), (150.0, "250 MB", None)])
def test_the_memory_of_fewer_conversations_can_reach_the_target_but_not_miss_it(
    megabytes: float, value: str, *, reached: bool | None
) -> None:
    taken = Measurements()
    for count, resident in ((0, 100.0), (200, megabytes)):
        taken.add("memory", open_conversations.where(count), "product worker", "MB", [resident])

    (target,) = [target for target in judge_all(taken) if target.measured != "not measured"]

    assert (target.measured, target.reached, target.note) == (value, reached, "at most; calculated from 200")
