"""Promises of asking Slack whether the agent takes part in a thread: only a clear answer counts as a no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import HttpUrl, SecretStr
from slack_sdk.errors import SlackApiError

from agent_worker.contract.messages import Thread
from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import FaultKind
from process.slack import Identity, open_client
from slackbot.conversations.participation import Participation


@dataclass(frozen=True)
class Stage:
    slack: SlackEmulator
    thread: Thread
    participation: Participation

    async def agent_says(self, text: str) -> None:
        async with open_client(HttpUrl(self.slack.api_url), SecretStr(self.slack.bot_token)) as client:
            await client.chat_postMessage(channel=self.thread.channel, thread_ts=self.thread.thread_ts, text=text)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with SlackEmulator() as slack, open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        channel = slack.add_channel("general", members=[slack.add_user("anna")])
        root = slack.say(slack.add_user("ben"), channel, "lunch?")
        bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
        yield Stage(slack, Thread(team=slack.team_id, channel=channel, thread_ts=root), Participation(client, bot))


async def test_the_agent_takes_part_in_a_thread_in_which_it_has_written(stage: Stage) -> None:
    await stage.agent_says("hello")

    assert await stage.participation.takes_part_in(stage.thread)


async def test_the_agent_does_not_take_part_in_a_thread_in_which_only_others_have_written(stage: Stage) -> None:
    stage.slack.say_as_other_bot(stage.thread.channel, "hello", thread_ts=stage.thread.thread_ts)

    assert not await stage.participation.takes_part_in(stage.thread)


@pytest.mark.parametrize("error", ["thread_not_found", "channel_not_found", "not_in_channel", "missing_scope"])
async def test_the_agent_does_not_take_part_in_a_thread_that_it_may_not_read(stage: Stage, error: str) -> None:
    stage.slack.faults.add(method="conversations.replies", kind="error", error=error)

    assert not await stage.participation.takes_part_in(stage.thread)


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "error"])
async def test_while_slack_does_not_answer_there_is_an_error(stage: Stage, kind: FaultKind) -> None:
    stage.slack.faults.add(method="conversations.replies", kind=kind, error="fatal_error")

    with pytest.raises(SlackApiError):
        await stage.participation.takes_part_in(stage.thread)


async def test_one_call_is_enough(stage: Stage) -> None:
    await stage.participation.takes_part_in(stage.thread)

    assert [call.method for call in stage.slack.calls] == ["conversations.replies"]
