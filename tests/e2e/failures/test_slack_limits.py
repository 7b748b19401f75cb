"""Slack's limits and refusals, through the real processes: they concern one channel, and nothing is left standing."""

from __future__ import annotations

from pathlib import Path

from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage


async def test_a_limit_in_one_channel_makes_nobody_else_wait(stage: Stage) -> None:
    stage.gemini.script(text("Here."), text("There."), text("There, too."))
    here, there = stage.channel, stage.slack.add_channel("there", members=[stage.ben])
    stage.slack.faults.add(
        method="chat.postMessage", kind="rate_limited", retry_after=12, when=lambda given: given["channel"] == here
    )
    mention = f"<@{stage.slack.bot_user_id}> hello"
    limited = stage.slack.say(stage.anna, here, mention)
    await stage.slack.until(lambda: any(call.outcome == "rate_limited" for call in stage.slack.calls))

    for words in ("There.", "There, too."):
        assert await stage.answered(stage.slack.say(stage.ben, there, mention), there) == [words]

    assert stage.said(limited) == []
    assert await stage.answered(limited) == ["Here."]


async def test_an_answer_that_slack_refuses_for_good_leaves_no_status_standing(stage: Stage) -> None:
    stage.gemini.script(text("Nobody will see this."))
    stage.slack.faults.add(method="chat.postMessage", kind="error", error="restricted_action", times=None)

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")

    await stage.slack.until(lambda: stage.calls("chat.postMessage") > 0)
    await stage.slack.until(lambda: not stage.slack.status(stage.channel, ts))
    assert "is thinking…" in [status for _, status in stage.slack.status_log(stage.channel, ts)]
    assert stage.said(ts) == []


async def test_a_delivery_without_doubt_reads_no_thread(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path, rate_limits=True) as stage:
        await stage.start()
        stage.gemini.script(text("Once."))
        stage.slack.faults.add(method="chat.postMessage", kind="rate_limited", retry_after=1, times=2)

        ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")

        assert await stage.answered(ts) == ["Once."]
        assert stage.calls("conversations.replies") == 0
