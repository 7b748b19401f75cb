"""Promises of one thread at the speed of real models: what each turn took is told, and told apart."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.recipes import PRODUCT_WITH_LIMITS
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.workloads.real import names, one_thread
from benchmarks.workloads.turns import FIRST, FOLLOW_UP


async def test_the_calls_the_actions_and_the_tokens_of_each_turn_are_its_own(processes: None, tmp_path: Path) -> None:
    taken = Measurements()
    with MeasuredServer() as server:
        async with Contender(PRODUCT_WITH_LIMITS, server, tmp_path, rate_limits=True) as contender:
            await one_thread.run([contender], ["haiku"], 1, taken)

    first, later = (
        {one.what: one.values for one in taken if one.where == names.one_thread("haiku", stage)}
        for stage in (FIRST, FOLLOW_UP)
    )
    title = f"{names.SLACK_CALLS}: agents.sessions.rename"
    assert (first[title], later.get(title)) == ((1,), None)
    assert (first[names.MODEL_CALLS], later[names.MODEL_CALLS]) == ((2,), (1,))  # the first turn has a title
    assert 98 <= later[names.OUTPUT][0] <= 100
    assert 3 <= later[names.ACTIONS][0] < first[names.ACTIONS][0]
    assert (
        sum(values[0] for what, values in later.items() if what.startswith(f"{names.SLACK_CALLS}: "))
        == (later[names.SLACK_CALLS][0])
    )
