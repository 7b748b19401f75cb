"""A worker is killed at work: its steps begin again at once where it is restarted, and elsewhere a little later."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure

from agent_worker.payloads.errors import DIED
from emulators.gemini.answers import calls, text
from tests.support.e2e.stage import Stage

ALERTS = calls(("get_weather_alerts", {"state": "NY"}))


def ask(stage: Stage) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> alerts in New York?")


def in_the_model_call(stage: Stage) -> Any:
    held = stage.gemini.hold()
    stage.gemini.script(ALERTS, text("Sunny."))
    return held


def in_the_tool(stage: Stage) -> Any:
    stage.gemini.script(ALERTS, text("Sunny."))
    return stage.world.hold("weather")


def in_the_delivery(stage: Stage) -> Any:
    stage.gemini.script(text("Sunny."))
    return stage.slack.hold("chat.postMessage")


async def interruptions(stage: Stage, thread_ts: str) -> list[Failure]:
    """How the attempts have ended that were not the last of their activity."""
    history = await (await stage.workflow(thread_ts)).fetch_history()
    retried = [event.activity_task_started_event_attributes.last_failure for event in history.events]
    failed = [event.activity_task_failed_event_attributes.failure for event in history.events]
    return [failure for failure in (*retried, *failed) if failure.message]


@pytest.fixture
async def silent_stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """One on which what goes on after a kill does so for another reason than a heartbeat that did not come."""
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.silent_worker", ready="worker is ready")
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


@pytest.mark.parametrize("held_up", [in_the_model_call, in_the_tool, in_the_delivery])
async def test_a_killed_worker_that_is_restarted_begins_its_step_again_without_waiting_for_a_heartbeat(
    silent_stage: Stage, tmp_path: Path, held_up: Callable[[Stage], Any]
) -> None:
    stage = silent_stage
    held = held_up(stage)
    ts = ask(stage)
    await held.reached()

    await stage.worker.kill()
    await stage.worker.start()

    assert await stage.answered(ts) == ["Sunny."]
    assert [failure.application_failure_info.type for failure in await interruptions(stage, ts)] == [DIED]
    await stage.slack.until(lambda: os.listdir(tmp_path / ".run" / "steps") == [])


async def test_where_only_another_worker_is_left_the_missing_heartbeat_tells_that_one_is_dead(stage: Stage) -> None:
    held = in_the_model_call(stage)
    ts = ask(stage)
    await held.reached()
    await stage.process("agent_worker", ready="worker is ready").start()

    await stage.worker.kill()

    assert await stage.answered(ts) == ["Sunny."]
    (failure,) = await interruptions(stage, ts)
    assert failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT


async def test_a_worker_that_starts_beside_one_that_lives_takes_no_step_from_it(silent_stage: Stage) -> None:
    stage = silent_stage
    held = stage.gemini.hold()
    ts = ask(stage)
    await held.reached()

    await stage.process("agent_worker", ready="worker is ready").start()
    held.release(text("Sunny."))

    assert await stage.answered(ts) == ["Sunny."]
    assert await interruptions(stage, ts) == []
