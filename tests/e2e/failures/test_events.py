"""Stored before acknowledged, and one message is one turn, whatever Slack and Temporal do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from emulators.gemini.answers import text
from playground.temporal_server import DevServer
from tests.support.e2e.stage import Stage

NESTED = 990  # levels; Python's own reader of JSON gives up at about 1,000


async def test_the_two_events_of_a_mention_and_redeliveries_make_one_turn(stage: Stage) -> None:
    stage.gemini.script(text("Once."), text("Twice?"))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> how often?")
    await stage.answered(ts)

    stage.slack.redeliver(stage.channel, ts)
    await stage.bot.stop()
    await stage.bot.start()  # another process, which remembers nothing
    stage.slack.redeliver(stage.channel, ts)
    await stage.slack.until(lambda: stage.is_acknowledged(ts))
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["Once.", "Twice?"]
    assert len(stage.gemini.requests) == 2


async def test_a_message_that_temporal_could_not_take_is_redelivered_and_answered(
    processes: None, tmp_path: Path
) -> None:
    with DevServer(database=tmp_path / "temporal.db") as temporal:
        async with Stage(temporal.address, tmp_path) as stage:
            await stage.start()
            stage.gemini.script(text("Here I am."))
            temporal.stop()

            ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> are you there?")
            await stage.slack.until(lambda: any(delivery.attempts for delivery in stage.slack.deliveries))
            temporal.start()
            stage.slack.clock.advance(3)  # Slack's patience with an acknowledgement

            assert await stage.answered(ts) == ["Here I am."]
            assert max(delivery.attempts for delivery in stage.slack.deliveries if delivery.ts == ts) >= 2
            stage.gemini.assert_script_finished()


async def test_a_dropped_connection_loses_no_message(stage: Stage) -> None:
    stage.gemini.script(text("Still here."))
    await stage.slack.drop_sockets()

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> still there?")
    await stage.slack.until(lambda: stage.slack.connections)
    stage.slack.clock.advance(60)

    assert await stage.answered(ts) == ["Still here."]


async def test_a_stopped_bot_hands_over_what_it_has(stage: Stage) -> None:
    stage.gemini.script(text("Done."))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> quick")
    code = await stage.bot.stop()

    assert code == 0
    if not stage.is_acknowledged(ts):  # it came too late for this process: the next one gets it
        await stage.bot.start()
        stage.slack.clock.advance(3)
    assert await stage.answered(ts) == ["Done."]


async def test_an_event_that_is_nested_as_deep_as_python_reads_it_is_acknowledged_and_answered(stage: Stage) -> None:
    blocks: dict[str, Any] = {"type": "section"}
    for _ in range(NESTED):
        blocks = {"type": "section", "text": blocks}
    stage.gemini.script(text("Hello."), text("Hello again."))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * NESTED)  # for the stand-in, which has to write it

    try:
        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello", blocks=[blocks])
        assert await stage.answered(ts) == ["Hello."]
    finally:
        sys.setrecursionlimit(limit)
    await stage.slack.until(lambda: stage.is_acknowledged(ts))
    again = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")

    assert await stage.answered(again) == ["Hello again."]
