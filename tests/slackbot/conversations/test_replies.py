"""Promises about replies without a mention: they are for the agent if it takes part, and Slack is asked only once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import HttpUrl, SecretStr
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.contract.names import workflow_id
from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.participation import Participation
from slackbot.events.messages import IncomingMessage
from tests.support.slackbot.hand_over import HandOverStage, hand_over_stage


@pytest.fixture
async def stage(temporal_address: str) -> HandOverStage:
    return await hand_over_stage(temporal_address)


async def test_a_reply_in_a_conversation_is_for_the_agent(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.0"))

    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.0", "1.1"]
    assert stage.threads.asked == []


async def test_a_reply_in_a_conversation_that_has_closed_is_for_the_agent(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.0"))
    await stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0")).terminate()

    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_in_a_thread_that_temporal_has_forgotten_is_for_the_agent_if_it_has_written_there(
    stage: HandOverStage,
) -> None:
    stage.threads.written_in.add(stage.channel)

    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_in_a_thread_of_others_is_ignored_and_slack_is_asked_once(stage: HandOverStage) -> None:
    for ts in ("1.1", "1.2"):
        await stage.conversations.hand_over(stage.incoming(ts, only_if_taking_part=True))

    assert not await stage.is_known()
    assert len(stage.threads.asked) == 1


async def test_after_a_mention_in_a_thread_of_others_its_replies_are_for_the_agent(stage: HandOverStage) -> None:
    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.hand_over(stage.incoming("1.2"))

    await stage.conversations.hand_over(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_after_a_mention_slack_is_asked_about_the_thread_again_if_temporal_has_forgotten_it(
    stage: HandOverStage,
) -> None:
    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.hand_over(stage.incoming("1.2"))
    stage.threads.written_in.add(stage.channel)
    stage.temporal.finds = RPCStatusCode.NOT_FOUND

    await stage.conversations.hand_over(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_a_reply_is_not_dropped_while_slack_or_temporal_cannot_be_asked(stage: HandOverStage) -> None:
    stage.threads.away = True
    with pytest.raises(TimeoutError):
        await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))
    stage.temporal.finds = RPCStatusCode.UNAVAILABLE
    with pytest.raises(RPCError):
        await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))
    stage.threads.away, stage.temporal.finds = False, None
    stage.threads.written_in.add(stage.channel)

    await stage.conversations.hand_over(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_that_comes_before_the_mention_that_it_follows_is_stored(stage: HandOverStage) -> None:
    async with SlackEmulator() as slack, open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        anna = slack.add_user("anna")
        channel = slack.add_channel("general", members=[anna])
        root = slack.say(anna, channel, f"<@{slack.bot_user_id}> hello")
        reply = slack.say(anna, channel, "I mean good morning", thread_ts=root)
        participation = Participation(client, Identity(slack.team_id, slack.bot_user_id, slack.bot_id))
        queue = f"queue-{uuid4().hex[:8]}"
        conversations = Conversations(stage.client, queue, participation.takes_part_in, stage.recent)
        thread = Thread(team="T1", channel=channel, thread_ts=root)
        mention, answer = [UserMessage(ts=ts, user=anna, text="hello") for ts in (root, reply)]

        # Temporal was away when the mention came, so Slack sends the mention again, after the reply.
        await conversations.hand_over(IncomingMessage(thread, answer, only_if_taking_part=True))
        await conversations.hand_over(IncomingMessage(thread, mention, only_if_taking_part=False))

    stage.channel = channel
    assert sorted(await stage.signals(root)) == [root, reply]
