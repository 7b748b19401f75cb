"""Promises about Slack's own Stop and about titles: they reach an open conversation, and start none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import HttpUrl, SecretStr

from agent_worker.contract.messages import Renamed, StopRequest
from process.slack import open_client
from tests.support.slackbot.stored_signals import SignalStage, signal_stage


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


async def title_changed(stage: SignalStage, thread_ts: str, title: Any, user: str = "") -> None:
    """Slack sends the event of a changed title, with any title."""
    event = {"type": "agent_session_title_changed", "channel": stage.channel, "thread_ts": thread_ts}
    event |= {"user": user or stage.anna, "title": title, "previous_title": "old", "event_ts": thread_ts}
    stage.slack._backend.feed.announce("agent_session_title_changed", event, channel=stage.channel, ts=thread_ts)
    await stage.heard()


async def at_work(stage: SignalStage, thread_ts: str, channel: str = "") -> None:
    """The thread becomes a session of the agent that is processing: only then has it a stop button."""
    async with open_client(HttpUrl(stage.slack.api_url), SecretStr(stage.slack.bot_token)) as web:
        await web.agents_sessions_setStatus(
            channel_id=channel or stage.channel, thread_ts=thread_ts, status="processing"
        )


async def test_slacks_own_stop_stops_the_conversation(stage: SignalStage) -> None:
    root = await stage.ask("a long story")
    await at_work(stage, root)

    stage.slack.press_stop(stage.ben, stage.channel, root)
    await stage.heard()

    (pressed,) = [delivery for delivery in stage.slack.deliveries if delivery.event_type == "agent_session_stopped"]
    assert (await stage.stored(root))[1:] == [StopRequest(at=pressed.ts, user=stage.ben)]


async def test_slacks_own_stop_works_in_direct_messages(stage: SignalStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "a long story")
    await stage.heard()
    await at_work(stage, root, direct)

    stage.slack.press_stop(stage.anna, direct, root)
    await stage.heard()

    assert isinstance((await stage.stored(root, direct))[-1], StopRequest)


async def test_slacks_own_stop_starts_no_conversation_and_the_session_is_no_longer_processing(
    stage: SignalStage,
) -> None:
    nobodys = stage.slack.say(stage.anna, stage.channel, "to nobody")
    await at_work(stage, nobodys)

    stage.slack.press_stop(stage.anna, stage.channel, nobodys)
    await stage.heard()

    assert await stage.stored(nobodys) == []
    session = stage.slack.session(stage.channel, nobodys)
    assert session is not None
    assert session.status == "active"


async def test_slack_sends_a_stop_again_that_temporal_did_not_take(stage: SignalStage) -> None:
    root = await stage.ask()
    await at_work(stage, root)
    stage.line.is_dead = True
    stage.slack.press_stop(stage.anna, stage.channel, root)
    await stage.slack.until(lambda: stage.line.refused)
    at = stage.slack.deliveries[-1].ts

    stage.line.is_dead = False
    stage.slack.clock.advance(3)
    await stage.heard()

    assert (await stage.stored(root))[1:] == [StopRequest(at=at, user=stage.anna)]


async def test_a_title_that_a_person_gives_reaches_the_conversation(stage: SignalStage) -> None:
    root = await stage.ask()
    async with open_client(HttpUrl(stage.slack.api_url), SecretStr(stage.slack.bot_token)) as web:
        place = {"channel_id": stage.channel, "thread_ts": root}
        await web.agents_sessions_setStatus(**place, status="active")  # this makes the thread an agent session

    stage.slack.rename_session(stage.anna, stage.channel, root, " Lunch ")
    await stage.heard()

    (renamed,) = (await stage.stored(root))[1:]
    assert isinstance(renamed, Renamed)
    assert (renamed.title, renamed.user) == ("Lunch", stage.anna)
    assert float(renamed.at) > float(root)


async def test_a_title_that_the_agent_has_set_is_not_sent_back_to_it(stage: SignalStage) -> None:
    root = await stage.ask()

    await title_changed(stage, root, "Lunch", stage.slack.bot_user_id)

    assert len(await stage.stored(root)) == 1


@pytest.mark.parametrize("title", [None, "", "  ", 5, ["Lunch"]])
async def test_what_is_not_a_title_is_ignored(stage: SignalStage, title: Any) -> None:
    root = await stage.ask()

    await title_changed(stage, root, title)

    assert len(await stage.stored(root)) == 1
