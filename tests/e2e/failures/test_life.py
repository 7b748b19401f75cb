"""A conversation's life: it closes when it is idle, opens again with its past, and keeps no secrets."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from emulators.gemini.answers import calls, text
from tests.support.agent_worker.model_lines import readable
from tests.support.e2e.stage import Stage


async def test_an_idle_conversation_closes_and_a_later_reply_opens_it_again_with_its_past(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_IDLE_DAYS="0.00001")
        await stage.start()
        stage.gemini.script(text("A heron it is."), text("It was the heron."))
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> remember the heron")
        await stage.answered(ts)
        conversation = await stage.workflow(ts)
        assert await conversation.result() == "A heron it is."

        stage.slack.say(stage.anna, stage.channel, "which bird was it?", thread_ts=ts)

        assert await stage.answered(ts, times=2) == ["A heron it is.", "It was the heron."]
        said = [readable(part["text"]) for part in stage.gemini.requests[1].contents[0]["parts"]]
        place, person, _, first, answer = said[:5]
        assert (place, person) == ("[place: #general]", "[person: anna]")
        assert first == "anna: remember the heron"
        assert answer.startswith("You: A heron it is.")
        assert said[-1] == "anna: which bird was it?"
        stage.gemini.assert_script_finished()


async def test_a_thread_that_temporal_has_forgotten_is_still_ours_and_not_answered_twice(stage: Stage) -> None:
    stage.gemini.script(text("First."), text("Second."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> one")
    await stage.answered(ts)
    reply = stage.slack.say(stage.anna, stage.channel, "two", thread_ts=ts)
    await stage.answered(ts, times=2)
    await stage.forget(ts)

    stage.slack.redeliver(stage.channel, reply)
    await stage.slack.until(lambda: stage.is_acknowledged(reply))
    stage.gemini.script(text("Third.").given(contains='"text":"Second.'))
    stage.slack.say(stage.anna, stage.channel, "three", thread_ts=ts)

    assert await stage.answered(ts, times=3) == ["First.", "Second.", "Third."]
    said = [readable(part["text"]) for part in stage.gemini.requests[-1].contents[0]["parts"]]
    assert any(line.startswith("You: Second.") for line in said)


async def test_no_secret_is_in_history_logs_or_metadata(stage: Stage) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Sunny."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> alerts in New York?")
    await stage.answered(ts)

    history = (await (await stage.workflow(ts)).fetch_history()).to_json()
    logs = "\n".join(stage.worker.lines + stage.bot.lines)
    metadata = json.dumps([post.metadata for post in stage.slack.bot_posts(stage.channel, ts)])

    for secret in (stage.slack.bot_token, stage.slack.app_token, stage.gemini.api_key):
        assert secret not in history + logs + metadata
    assert "New York" not in logs + metadata  # nor what people say


async def kinds_of_events(conversation: WorkflowHandle[Any, Any]) -> list[str]:
    history = json.loads((await conversation.fetch_history()).to_json())
    return [event["eventType"] for event in history["events"]]


async def test_the_conversation_stays_open_and_costs_no_timer_for_each_turn(stage: Stage) -> None:
    stage.gemini.script(*[text(f"Answer {number}.") for number in range(4)])
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> question 0")
    await stage.answered(ts)
    for number in range(1, 4):
        stage.slack.say(stage.anna, stage.channel, f"question {number}", thread_ts=ts)
        await stage.answered(ts, times=number + 1)

    conversation = await stage.workflow(ts)
    assert (await conversation.describe()).status == WorkflowExecutionStatus.RUNNING
    at_rest = ("WORKFLOW_TASK_COMPLETED", "TIMER_STARTED")
    while not (kinds := await kinds_of_events(conversation))[-1].endswith(at_rest):  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # Temporal tells nobody that a conversation has nothing more to do
    billed = ("WORKFLOW_EXECUTION_SIGNALED", "ACTIVITY_TASK_SCHEDULED", "TIMER_STARTED")
    counts = [sum(kind.endswith(name) for kind in kinds) for name in billed]
    assert counts == [4, 1 + 4 * 2, 1]  # an opening, and a model call and a delivery for each turn
