"""Promises about replies that name nobody: they are the agent's where it takes part, and Slack is asked but once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import HttpUrl, SecretStr
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.contract.names import workflow_id
from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.conversations.delivery import Conversations
from slackbot.conversations.participation import ThreadReader
from slackbot.events.messages import Incoming
from tests.support.slackbot.conversing import Stage, conversing


@pytest.fixture
async def stage(temporal_address: str) -> Stage:
    return await conversing(temporal_address)


async def test_a_reply_in_a_conversation_is_for_the_agent(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.0", "1.1"]
    assert stage.threads.asked == []


async def test_a_reply_in_a_conversation_that_has_closed_is_for_the_agent(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.0"))
    await stage.client.get_workflow_handle(workflow_id("T1", stage.channel, "1.0")).terminate()

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_where_the_agent_has_spoken_before_temporal_forgot_is_for_the_agent(stage: Stage) -> None:
    stage.threads.spoken.add(stage.channel)

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_in_a_strange_thread_is_not_and_slack_is_asked_about_it_once(stage: Stage) -> None:
    for ts in ("1.1", "1.2"):
        await stage.conversations.deliver(stage.incoming(ts, only_if_taking_part=True))

    assert not await stage.is_known()
    assert len(stage.threads.asked) == 1


async def test_a_strange_thread_is_strange_no_more_once_the_agent_is_mentioned_in_it(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.deliver(stage.incoming("1.2"))

    await stage.conversations.deliver(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_a_strange_thread_that_became_the_agents_own_stays_so_when_temporal_forgets_it(stage: Stage) -> None:
    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    await stage.conversations.deliver(stage.incoming("1.2"))
    stage.threads.spoken.add(stage.channel)
    stage.temporal.finds = RPCStatusCode.NOT_FOUND

    await stage.conversations.deliver(stage.incoming("1.3", only_if_taking_part=True))

    assert await stage.signals() == ["1.2", "1.3"]


async def test_while_nobody_can_say_whether_the_agent_takes_part_the_reply_is_not_dropped(stage: Stage) -> None:
    stage.threads.away = True
    with pytest.raises(TimeoutError):
        await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    stage.temporal.finds = RPCStatusCode.UNAVAILABLE
    with pytest.raises(RPCError):
        await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))
    stage.threads.away, stage.temporal.finds = False, None
    stage.threads.spoken.add(stage.channel)

    await stage.conversations.deliver(stage.incoming("1.1", only_if_taking_part=True))

    assert await stage.signals() == ["1.1"]


async def test_a_reply_that_overtakes_the_mention_it_follows_is_not_lost(stage: Stage) -> None:
    async with SlackEmulator() as slack, open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        anna = slack.add_user("anna")
        channel = slack.add_channel("general", members=[anna])
        root = slack.say(anna, channel, f"<@{slack.bot_user_id}> hello")
        reply = slack.say(anna, channel, "I mean good morning", thread_ts=root)
        reader = ThreadReader(client, Identity(slack.team_id, slack.bot_user_id, slack.bot_id))
        conversations = Conversations(stage.client, f"queue-{uuid4().hex[:8]}", reader.takes_part_in)
        thread = Thread(team="T1", channel=channel, thread_ts=root)
        said = [UserMessage(ts=ts, user=anna, text="hello") for ts in (root, reply)]

        # Temporal was away when the mention came: it is redelivered after the reply.
        await conversations.deliver(Incoming(thread, said[1], only_if_taking_part=True))
        await conversations.deliver(Incoming(thread, said[0], only_if_taking_part=False))

    stage.channel = channel
    assert sorted(await stage.signals(root)) == [root, reply]
