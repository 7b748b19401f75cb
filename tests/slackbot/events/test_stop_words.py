"""Promises to people who write "stop": the agent stops, but a message that says more is an ordinary message."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.contract.messages import StopRequest
from slackbot.events.stop_words import says_stop
from tests.support.slackbot.stored_signals import SignalStage, signal_stage

STOP_WORDS = [
    *("stop", "Stop", "STOP", "stop!", "stop.", "stop!!!", " stop \n", "cancel", "Cancel…"),
    *("please stop", "Please, stop!", "stop please", "stop, please.", "please cancel"),
    *("<@UBOT> stop", "<@UBOT>: stop", "<@UBOT|agent>, please stop!", "stop <@UBOT>", "stop, <@UBOT>!"),
]
OTHER_WORDS = [
    *("", "please", "<@UBOT>", "stop the world tour", "when does the bus stop?", "don't stop", "stopped", "nonstop"),
    *("cancel my subscription", "stop cancel", "stop stop", "<@U2> stop", "stop <@U2>", "`stop`", "stop?", "st.op"),
    *("&lt;@UBOT&gt; stop", "stop\nand tell me why", "please please stop please", "stop" + "!" * 2_000),
]


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


@pytest.mark.parametrize("text", STOP_WORDS)
def test_stop_and_cancel_stop_with_or_without_please_and_the_agents_name(text: str) -> None:
    assert says_stop(text, "UBOT")


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_a_message_that_says_more_does_not_stop(text: str) -> None:
    assert not says_stop(text, "UBOT")


async def test_stop_in_an_open_conversation_is_a_stop_request_and_not_a_message(stage: SignalStage) -> None:
    root = await stage.ask("a long story")

    ts = await stage.reply(root, "stop", stage.ben)

    assert (await stage.stored(root))[1:] == [StopRequest(at=ts, user=stage.ben, said=ts, addressed=False)]


async def test_both_events_of_a_mention_that_says_stop_are_one_stop_request(stage: SignalStage) -> None:
    root = await stage.ask()

    ts = await stage.reply(root, f"{stage.at_bot} please stop")

    assert (await stage.stored(root))[1:] == [StopRequest(at=ts, user=stage.anna, said=ts)]


async def test_stop_as_a_reply_in_a_direct_message_stops_that_conversation(stage: SignalStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "a long story")
    await stage.heard()

    ts = await stage.reply(root, "Cancel!", channel=direct)

    assert (await stage.stored(root, direct))[1:] == [StopRequest(at=ts, user=stage.anna, said=ts)]


async def test_stop_without_an_open_conversation_is_a_message_if_it_is_addressed_to_the_agent(
    stage: SignalStage,
) -> None:
    root = await stage.ask()
    await stage.close(root)

    ts = await stage.reply(root, f"{stage.at_bot} stop")

    (message,) = await stage.messages(root)
    assert (message.ts, message.text) == (ts, f"{stage.at_bot} stop")


async def test_stop_without_an_open_conversation_is_ignored_if_it_is_not_addressed_to_the_agent(
    stage: SignalStage,
) -> None:
    of_others = stage.slack.say(stage.ben, stage.channel, "lunch?")
    closed = await stage.ask()
    await stage.close(closed)
    before = await stage.stored(closed)

    await stage.reply(of_others, "stop")
    await stage.reply(closed, "stop")

    assert await stage.stored(of_others) == []
    assert await stage.stored(closed) == before
    assert "conversations.replies" not in [call.method for call in stage.slack.calls]


async def test_slack_sends_a_stop_again_that_temporal_did_not_take(stage: SignalStage) -> None:
    root = await stage.ask()
    stage.line.is_dead = True
    ts = stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=root)
    await stage.slack.until(lambda: stage.line.refused)

    stage.line.is_dead = False
    stage.slack.clock.advance(3)
    await stage.heard()

    assert (await stage.stored(root))[1:] == [StopRequest(at=ts, user=stage.anna, said=ts, addressed=False)]
    assert await stage.gaps.next() == float(ts)  # the catch-up looks for it too
