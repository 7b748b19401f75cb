"""On a server as most are, without worker commands: what turns cost with slow model calls, and that a Stop is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads import errors
from benchmarks.measurements.temporal_costs import turn_costs
from emulators.gemini.answers import Call, Said, calls, text
from tests.support.e2e.stage import Stage
from tests.support.e2e.temporal_server import PlainServer

SECONDS = 8  # that each model call takes, in the chain and in the haiku
STATES = ("NY", "CA", "TX")
# Beside what the history of a conversation holds, these are billed: https://docs.temporal.io/cloud/actions
BILLED_CALLS = ("RecordActivityTaskHeartbeat", "QueryWorkflow", "ExecuteMultiOperation")


@pytest.fixture
async def server(processes: None) -> AsyncIterator[PlainServer]:
    with PlainServer() as server:
        yield server


def slowly(said: Said) -> Said:
    """Takes eight seconds, with a chunk each second; a call comes in a chunk of its own, and the end after it."""
    own_chunks = sum(isinstance(part, Call) for part in said.parts) + 1
    return said.in_pieces(SECONDS + 1 - own_chunks, pause=1.0)


class Bill:
    """What Temporal Cloud bills for the turns of a thread."""

    def __init__(self, server: PlainServer, client: Client, workflow_id: str) -> None:
        self._server = server
        self._client = client
        self._workflow_id = workflow_id
        self._calls = 0

    async def of_last_turn(self) -> int:
        """The turn's own actions, and the calls since this was asked last: heartbeats, queries, and its quota."""
        counted = await self._server.calls(self._client)
        before, self._calls = self._calls, sum(counted[name] for name in BILLED_CALLS)
        return (await turn_costs(self._client, self._workflow_id))[-1].actions + self._calls - before


@pytest.mark.timeout(120)
async def test_a_later_turn_costs_four_actions_and_one_with_three_tools_eleven_with_slow_model_calls(
    server: PlainServer, tmp_path: Path
) -> None:
    client = await Client.connect(server.address, data_converter=DATA_CONVERTER)
    async with Stage(server.address, tmp_path) as stage:
        await stage.start()
        stage.gemini.script(text("Hello."))
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")
        await stage.answered(ts)
        bill = Bill(server, client, (await stage.workflow(ts)).id)
        await bill.of_last_turn()

        stage.gemini.script(slowly(text("An old silent pond.")))
        stage.slack.say(stage.anna, stage.channel, "a haiku", thread_ts=ts)
        await stage.answered(ts, times=2)
        assert await bill.of_last_turn() <= 4

        looks = [slowly(calls(("get_weather_alerts", {"state": state}), text="Let me look.")) for state in STATES]
        stage.gemini.script(*looks, slowly(text("Sunny everywhere.")))
        stage.slack.say(stage.anna, stage.channel, "alerts in three states?", thread_ts=ts)
        await stage.answered(ts, times=3)
        assert await bill.of_last_turn() <= 11
        stage.gemini.assert_script_finished()


async def test_a_stop_ends_the_model_call_although_no_heartbeat_is_due(server: PlainServer, tmp_path: Path) -> None:
    client = await Client.connect(server.address, data_converter=DATA_CONVERTER)
    async with Stage(server.address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.silent_worker", ready="worker is ready")
        await stage.start()
        held = stage.gemini.hold()
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a long story")
        await held.reached()

        await stage.slack.shows_stop(stage.channel, ts)
        stage.slack.press_stop(stage.anna, stage.channel, ts)

        await held.abandoned()
        assert await stage.answered(ts) == [errors.sentence(errors.STOPPED)]
        assert (await server.calls(client))["RecordActivityTaskHeartbeat"] == 1
