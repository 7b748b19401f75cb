"""What people write while the bot does not listen is found, and answered once, when it listens again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from emulators.gemini.answers import text
from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from playground.temporal_server import DevServer
from tests.support.e2e.stage import Stage

SLACK_GIVES_UP = 400  # seconds: three attempts, the last five minutes after the others


@asynccontextmanager
async def a_stage(temporal_address: str, directory: Path, slack: SlackEmulator | None = None) -> AsyncIterator[Stage]:
    """With both processes up, and the bot once started: from then on it knows where to begin."""
    stage = Stage(temporal_address, directory)
    stage.slack = slack or stage.slack
    async with stage:
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


def mention(stage: Stage, question: str, thread_ts: str | None = None) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}", thread_ts=thread_ts)


async def caught_up(stage: Stage, times: int = 1) -> None:
    """Waits until the bot has looked through so many gaps."""
    await stage.slack.until(lambda: sum("caught up" in line for line in stage.bot.lines) >= times)


async def test_what_was_written_while_the_bot_was_down_is_answered_once_and_the_rest_is_left_alone(
    temporal_address: str, tmp_path: Path
) -> None:
    # What is a minute old may have been answered by a conversation that is closed by now: its thread is read.
    slack = SlackEmulator(clock=Clock(start=time.time() - 100))
    async with a_stage(temporal_address, tmp_path, slack) as stage:
        channel = stage.channel
        stage.gemini.script(*[text("Before.")] * 2, *[text("After.")] * 6)
        running, closed = mention(stage, "running"), mention(stage, "closed")
        for thread in (running, closed):
            await stage.answered(thread)
        await (await stage.workflow(closed)).terminate()
        private = slack.add_channel("secrets", members=[stage.anna], is_private=True)
        direct, group = slack.open_dm(stage.anna), slack.open_group_dm([stage.anna, stage.ben])
        strange = slack.say(stage.ben, channel, "who has the keys?")
        assert await stage.bot.stop() == 0

        asked = [(channel, mention(stage, "are you there?"))]
        asked.append((private, slack.say(stage.anna, private, f"<@{slack.bot_user_id}> and here?")))
        asked.append((group, slack.say(stage.ben, group, f"<@{slack.bot_user_id}> and with us?")))
        asked.append((direct, slack.say(stage.anna, direct, "and between us?")))
        for thread in (running, closed):
            slack.say(stage.anna, channel, "go on", thread_ts=thread)
        silent = [slack.say(stage.ben, channel, "lunch?"), slack.say_as_other_bot(channel, "the build is green")]
        slack.say(stage.anna, channel, "not me", thread_ts=strange)
        slack.clock.advance(SLACK_GIVES_UP)
        await stage.bot.start()
        await caught_up(stage)

        for where, ts in asked:
            assert await stage.answered(ts, where) == ["After."]
        for thread in (running, closed):
            assert await stage.answered(thread, times=2) == ["Before.", "After."]
        assert [stage.said(ts) for ts in (*silent, strange)] == [[], [], []]
        assert len(stage.gemini.requests) == 8


async def test_a_message_that_is_too_old_is_left_alone(temporal_address: str, tmp_path: Path) -> None:
    slack = SlackEmulator(clock=Clock(start=time.time() - 300))
    async with a_stage(temporal_address, tmp_path, slack) as stage:
        stage.gemini.script(text("Just in time."))
        assert await stage.bot.stop() == 0

        old = mention(stage, "five minutes ago")
        slack.clock.advance(295)
        new = mention(stage, "just now")
        slack.clock.advance(SLACK_GIVES_UP)
        stage.bot = stage.process("slackbot", ready="bot is listening", SLACKBOT_CATCH_UP_HOURS="0.05")  # 3 minutes
        await stage.bot.start()
        await caught_up(stage)

        assert await stage.answered(new) == ["Just in time."]
        assert stage.said(old) == []


async def test_without_a_window_nothing_is_looked_for(temporal_address: str, tmp_path: Path) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Live."))
        assert await stage.bot.stop() == 0
        missed = mention(stage, "anybody?")
        stage.slack.clock.advance(SLACK_GIVES_UP)
        stage.bot = stage.process("slackbot", ready="bot is listening", SLACKBOT_CATCH_UP_HOURS="0")

        await stage.bot.start()
        live = mention(stage, "and now?")

        assert await stage.answered(live) == ["Live."]
        assert stage.said(missed) == []
        assert "conversations.history" not in {call.method for call in stage.slack.calls}


async def test_a_gap_in_the_connection_is_looked_through_when_it_is_over(temporal_address: str, tmp_path: Path) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Missed you."))
        stage.slack.refuse_sockets()
        await stage.slack.drop_sockets()

        ts = mention(stage, "do you hear me?")
        stage.slack.clock.advance(SLACK_GIVES_UP)
        await stage.slack.until(lambda: stage.slack.refused_handshakes)
        stage.slack.refuse_sockets(refuse=False)

        assert await stage.answered(ts) == ["Missed you."]


async def test_live_messages_are_answered_while_the_worker_that_knows_the_watermark_is_down(
    temporal_address: str, tmp_path: Path
) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Both."), text("Both."))
        assert await stage.bot.stop() == 0
        await stage.worker.stop()
        missed = mention(stage, "missed")
        stage.slack.clock.advance(SLACK_GIVES_UP)

        await stage.bot.start()
        live = mention(stage, "live")
        await stage.slack.until(lambda: stage.is_acknowledged(live))
        await stage.worker.start()

        assert await stage.answered(live) == ["Both."]
        assert await stage.answered(missed) == ["Both."]


async def test_slacks_limits_are_waited_for(temporal_address: str, tmp_path: Path) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Before."), text("After."))
        thread = mention(stage, "one")
        await stage.answered(thread)
        assert await stage.bot.stop() == 0
        stage.slack.say(stage.anna, stage.channel, "two", thread_ts=thread)
        stage.slack.clock.advance(SLACK_GIVES_UP)
        for method in ("users.conversations", "conversations.history", "conversations.replies"):
            stage.slack.faults.add(method=method, kind="rate_limited", retry_after=1)

        await stage.bot.start()

        assert await stage.answered(thread, times=2) == ["Before.", "After."]
        outcomes = [(call.method, call.outcome) for call in stage.slack.calls]
        assert ("conversations.history", "rate_limited") in outcomes


async def test_a_bot_that_is_killed_while_it_catches_up_does_it_again(temporal_address: str, tmp_path: Path) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(*[text("Once.")] * 4)
        assert await stage.bot.stop() == 0
        asked = [mention(stage, f"question {number}") for number in range(4)]
        stage.slack.clock.advance(SLACK_GIVES_UP)
        await stage.bot.start()
        await stage.bot.logged(f"ts={asked[0]}")

        await stage.bot.kill()
        assert not any("caught up" in line for line in stage.bot.lines)
        await stage.bot.start()

        for ts in asked:
            assert await stage.answered(ts) == ["Once."]
        await caught_up(stage)
        assert len(stage.gemini.requests) == 4


async def test_what_temporal_could_not_take_before_slack_gave_up_is_found_when_it_is_back(
    processes: None, tmp_path: Path
) -> None:
    with DevServer(database=tmp_path / "temporal.db") as temporal:
        async with a_stage(temporal.address, tmp_path) as stage:
            stage.gemini.script(text("At last."))
            await stage.slack.until(lambda: any("first start" in line for line in stage.bot.lines))
            temporal.stop()

            ts = mention(stage, "are you there?")
            await stage.slack.until(lambda: any(delivery.attempts for delivery in stage.slack.deliveries))
            stage.slack.clock.advance(SLACK_GIVES_UP)
            temporal.start()

            assert await stage.answered(ts) == ["At last."]


async def test_a_channel_that_cannot_be_read_is_left_out_and_the_others_are_not(
    temporal_address: str, tmp_path: Path
) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Found."))
        closed = stage.slack.add_channel("closed", members=[stage.anna])
        assert await stage.bot.stop() == 0
        ts = mention(stage, "hello?")
        stage.slack.clock.advance(SLACK_GIVES_UP)
        stage.slack.revoke("im:read")
        stage.slack.faults.add(
            method="conversations.history",
            kind="error",
            error="access_denied",
            times=None,
            when=lambda arguments: arguments["channel"] == closed,
        )

        await stage.bot.start()

        assert await stage.answered(ts) == ["Found."]
        await stage.bot.logged("channel left out")
        await stage.bot.logged("conversations left out")


async def test_a_channel_that_slack_never_shows_does_not_hold_up_the_others(
    temporal_address: str, tmp_path: Path
) -> None:
    async with a_stage(temporal_address, tmp_path) as stage:
        stage.gemini.script(text("Found."), text("Live."))
        broken = stage.slack.add_channel("aaa-broken", members=[stage.anna])
        assert await stage.bot.stop() == 0
        ts = mention(stage, "hello?")
        stage.slack.clock.advance(SLACK_GIVES_UP)
        stage.slack.faults.add(
            method="conversations.history",
            kind="internal_error",
            times=None,
            when=lambda arguments: arguments["channel"] == broken,
        )

        await stage.bot.start()

        assert await stage.answered(ts) == ["Found."]
        await stage.bot.logged("channel left for later")
        assert await stage.answered(mention(stage, "and live?")) == ["Live."]
