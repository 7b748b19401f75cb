"""Loops and floods: many threads at once stay within Slack's limits, and one thread within its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agent_worker.contract.messages import UserMessage
from agent_worker.contract.names import USER_MESSAGE
from emulators.gemini.answers import Answer, calls, text
from emulators.gemini.request import ModelRequest, function_responses
from tests.support.e2e.stage import Stage

THREADS = 24
WAITING_MESSAGES, AT_ONCE = 3_000, 100
DEADLOCK = "TMPRL1101"  # temporalio's name for a workflow that computes for two seconds


class Forecaster:
    """Asks for a tool, and answers when it has its result."""

    def answer(self, request: ModelRequest) -> Answer:
        if function_responses(request.contents[-1]):
            return text("Sunny.")
        return calls(("get_weather_alerts", {"state": "NY"}))


async def test_many_threads_at_once_are_all_answered_within_slacks_limits(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, rate_limits=True, script=Forecaster()) as stage:
        await stage.start()
        channels = [stage.slack.add_channel(f"busy-{number}", members=[stage.anna]) for number in range(THREADS)]

        asked = [
            stage.slack.say(stage.anna, channel, f"<@{stage.slack.bot_user_id}> alerts in New York?")
            for channel in channels
        ]
        for ts, channel in zip(asked, channels, strict=True):
            assert await stage.answered(ts, channel) == ["Sunny."]

        shown = [post for ts, channel in zip(asked, channels, strict=True) for post in stage.progress(ts, channel)]
        assert [call.method for call in stage.slack.calls if call.outcome != "ok"] == []
        assert len(shown) < THREADS, "progress thins out first"
        await stage.slack.until(lambda: all("… " not in post for post in shown))


async def test_a_flood_in_one_thread_is_told_and_goes_on_later(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_MAX_HOURLY_TURNS="2")
        await stage.start()
        stage.gemini.script(text("One."), text("Two."))
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> one")
        await stage.answered(ts)
        stage.slack.say(stage.anna, stage.channel, "two", thread_ts=ts)
        await stage.answered(ts, times=2)

        stage.slack.say(stage.anna, stage.channel, "three", thread_ts=ts)

        *_, told = await stage.answered(ts, times=3)
        assert "2 times in this thread within an hour" in told
        stage.gemini.assert_script_finished()


async def test_two_apps_do_not_answer_each_other_for_ever(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        root = stage.slack.say_as_other_bot(stage.channel, "deploy 7 is red")
        (other,) = stage.slack.thread(stage.channel, root)
        stage.bot = stage.process("slackbot", ready="bot is listening", SLACKBOT_ALLOWED_APPS=f"other, {other.bot_id}")
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_MAX_APP_TURNS="2")
        await stage.start()
        stage.gemini.script(text("One."), text("Two."), text("A person!"))
        bot = f"<@{stage.slack.bot_user_id}>"

        for turn in range(4):
            stage.slack.say_as_other_bot(stage.channel, f"{bot} red again {turn}", thread_ts=root)
            await stage.answered(root, times=min(turn + 1, 3))
        stage.slack.say(stage.anna, stage.channel, f"{bot} are you well?", thread_ts=root)

        one, two, stopped, person = await stage.answered(root, times=4)
        assert (one, two, person) == ("One.", "Two.", "A person!")
        assert "2 times in a row" in stopped
        stage.gemini.assert_script_finished()


async def test_an_app_that_is_not_allowed_is_not_answered(stage: Stage) -> None:
    stage.gemini.script(text("Yes."))
    root = stage.slack.say_as_other_bot(stage.channel, f"<@{stage.slack.bot_user_id}> hello")

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")

    assert await stage.answered(ts) == ["Yes."]
    assert stage.said(root) == []


async def test_after_three_thousand_messages_and_a_stop_the_conversation_goes_on(stage: Stage) -> None:
    stage.gemini.script(text("Hello."), text("Here I am."))
    bot = f"<@{stage.slack.bot_user_id}>"
    ts = stage.slack.say(stage.anna, stage.channel, f"{bot} hello")
    await stage.answered(ts)
    await stage.worker.kill()
    conversation = await stage.workflow(ts)
    waiting = [
        UserMessage(ts=stage.slack.backend.workspace.next_ts(), user=stage.anna, text=f"and number {number}?")
        for number in range(WAITING_MESSAGES)
    ]
    for start in range(0, WAITING_MESSAGES, AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        await asyncio.gather(*(conversation.signal(USER_MESSAGE, message) for message in some))

    stage.slack.say(stage.anna, stage.channel, f"{bot} stop", thread_ts=ts)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    await stage.worker.start()
    await stage.answered(ts, times=2)
    stage.slack.say(stage.anna, stage.channel, f"{bot} are you there?", thread_ts=ts)

    first, stopped, last = await stage.answered(ts, times=3)
    assert (first, last) == ("Hello.", "Here I am.")
    assert stopped.startswith("Stopped.")
    assert not [line for line in stage.worker.lines if DEADLOCK in line]
    stage.gemini.assert_script_finished()
