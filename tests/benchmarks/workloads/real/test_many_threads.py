"""Promises of many threads at the speed of real models: all is measured, of the product as it ships."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.recipes import PRODUCT_WITH_LIMITS
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.plan import Load
from benchmarks.stubs.services import LIFE
from benchmarks.workloads.real import many_threads, names


async def test_the_waits_and_the_costs_of_all_turns_are_measured(processes: None, tmp_path: Path) -> None:
    taken, load = Measurements(), Load(2, 0.2, ("haiku", "pair"))
    with MeasuredServer() as server:
        async with Contender(PRODUCT_WITH_LIMITS, server, tmp_path, rate_limits=True) as contender:
            await many_threads.run([contender], load, taken)

    def median(what: str, of: str) -> float:
        value = taken.median(what, names.many_threads(of, 2, 0.2), "product")
        assert value is not None, (what, of)
        return value

    assert median(names.FIRST_WORD, "haiku") >= 1000 * LIFE.slack
    assert median(names.LAST_WORD, "pair") >= 1000 * LIFE.slack
    assert median(names.WHOLE_TURN, "haiku") >= 1000 * (LIFE.model + 1.1)
    assert median(names.WHOLE_TURN, "pair") >= 1000 * (2 * LIFE.model + LIFE.tool + 1.1)
    assert median(names.MODEL_CALLS, names.MIXED) >= 1.5  # one for the haiku, two for the pair, and titles
    assert median(names.INPUT, names.MIXED) > 100
    assert median(names.OUTPUT, names.MIXED) >= 100
    assert median(names.PRICE, names.MIXED) > 0
    assert median(names.ACTIONS, names.MIXED) >= 3
    assert median(names.SLACK_CALLS, names.MIXED) >= 2
    assert median(names.REFUSED, names.MIXED) == 0
    assert median(names.LOST, names.MIXED) == 0
