"""Stops that are no reply: at the top level of direct messages, and `/agent stop`, with a clock that is off."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_worker.payloads import errors
from agent_worker.workflow.agent import NOTHING_TO_STOP
from emulators.gemini.answers import text
from emulators.slack.clock import Clock
from slackbot.listeners import slash_command
from tests.support.e2e.stage import Stage

NOTHING_DONE = errors.sentence(errors.STOPPED)


@pytest.fixture(params=[-30.0, 30.0], ids=["Slack is behind", "Slack is ahead"])
async def stage(request: pytest.FixtureRequest, temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Slack's clock and this machine's differ by 30 seconds."""
    async with Stage(temporal_address, tmp_path, clock=Clock(start=time.time() + request.param)) as stage:
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


async def heard(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def command(stage: Stage, words: str) -> str:
    stage.slack.run_command(stage.anna, stage.channel, "/agent", words)
    await heard(stage)
    answers = [one.answer for one in stage.slack.deliveries if one.event_type == "slash_commands"]
    return str((answers[-1] or {})["text"])


async def stop_by_command(stage: Stage) -> None:
    """Returns once the command has found what runs: Temporal's list is a moment behind."""
    while await command(stage, "stop") == slash_command.NOTHING_TO_STOP:
        pass


async def test_the_command_stops_what_was_asked_before_it_and_not_the_next_question(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a long story")
    await held.reached()

    await stop_by_command(stage)

    assert await stage.answered(ts) == [NOTHING_DONE]
    await held.abandoned()
    stage.gemini.script(text("Here I am."))
    stage.slack.say(stage.anna, stage.channel, "are you still there?", thread_ts=ts)
    assert await stage.answered(ts, times=2) == [NOTHING_DONE, "Here I am."]


@pytest.mark.parametrize("word", ["stop", "Cancel!"])
async def test_a_stop_at_the_top_of_direct_messages_stops_what_runs_in_them_and_nothing_else(
    stage: Stage, word: str
) -> None:
    direct = stage.slack.open_dm(stage.anna)
    elsewhere = stage.gemini.hold(lambda request: request.mentions("a poem"))
    in_channel = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> a poem")
    await elsewhere.reached()
    held = [stage.gemini.hold(), stage.gemini.hold()]
    threads = [stage.slack.say(stage.anna, direct, words) for words in ("a long story", "a longer story")]
    for one in held:
        await one.reached()

    said = stage.slack.say(stage.anna, direct, word)

    for ts in threads:
        assert await stage.answered(ts, direct) == [NOTHING_DONE]
    assert stage.said(said, direct) == []
    elsewhere.release(text("A poem."))
    assert await stage.answered(in_channel) == ["A poem."]


async def test_a_stop_at_the_top_of_direct_messages_says_so_if_nothing_runs(stage: Stage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.gemini.script(text("Hello."))
    before = stage.slack.say(stage.anna, direct, "hello")
    await stage.answered(before, direct)

    said = stage.slack.say(stage.anna, direct, "stop")

    assert await stage.answered(said, direct) == [NOTHING_TO_STOP]
    assert stage.said(before, direct) == ["Hello."]
    assert len(stage.gemini.requests) == 1
