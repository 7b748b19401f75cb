"""Promises of what turns used: each turn gets its part, and calls that Slack has refused are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.recipes import Recipe
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.model_costs import Bill
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.workloads.real import names, usage
from benchmarks.workloads.real.usage import HEARTBEAT, Usage
from benchmarks.workloads.resources import Resources
from emulators.slack.rules.rate_limits import POST_BURST

NOBODY = Recipe("nobody", ())


def used() -> Usage:
    return Usage(
        resources=Resources(own=0.2, server=0.4, stubs=0.0, slack_calls=6),
        slack=Counter({"chat.update": 4, "chat.postMessage": 2}),
        refused=2,
        bill=Bill(calls=4, given=8_000, cached=4_000, answered=200, dollars=0.02),
        actions=Counter({"command_ScheduleActivityTask": 6, HEARTBEAT: 2}),
    )


def test_each_turn_gets_its_part_of_what_was_used(tmp_path: Path) -> None:
    taken = Measurements()

    usage.add(Contender(NOBODY, MeasuredServer(), tmp_path), used(), 2, "here", taken)

    assert {one.what: one.values for one in taken} == {
        names.SLACK_CALLS: (3.0,),
        f"{names.SLACK_CALLS}: chat.postMessage": (1.0,),
        f"{names.SLACK_CALLS}: chat.update": (2.0,),
        names.REFUSED: (1.0,),
        names.OWN_CPU: (100.0,),
        names.MODEL_CALLS: (2.0,),
        names.INPUT: (4_000.0,),
        names.CACHED: (2_000.0,),
        names.OUTPUT: (100.0,),
        names.PRICE: (1.0,),
    }


async def test_calls_that_slack_refuses_because_of_its_limits_are_counted(tmp_path: Path) -> None:
    async with Contender(NOBODY, MeasuredServer(), tmp_path, rate_limits=True) as contender:
        stub = contender.stubs.slack
        slack = AsyncWebClient(stub.bot_token, base_url=stub.api_url)
        channel = stub.add_channel("general", members=[contender.stubs.person])
        for number in range(POST_BURST):
            await slack.chat_postMessage(channel=channel, text=str(number))
        assert usage.refused(stub.calls) == 0

        with pytest.raises(SlackApiError, match="ratelimited"):
            await slack.chat_postMessage(channel=channel, text="one too many")

        assert usage.refused(stub.calls) == 1
