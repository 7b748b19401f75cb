"""Promises of the tools that read Slack, as the worker runs them: for those who ask, into the thread of the call."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from temporalio import activity
from temporalio.common import RawValue
from temporalio.testing import ActivityEnvironment

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.names import workflow_id
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.thread import Author
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.find_people import find_people
from agent_worker.tools.read_channel import read_channel
from agent_worker.tools.search_messages import search_messages
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import gate
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

TOOLBOX = Toolbox([read_channel, find_people, search_messages])
JAPANESE = "\N{HIRAGANA LETTER A}" * 1_000  # three bytes each


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage(hurried=True) as stage:
        yield stage


async def run(
    stage: SlackStage, name: str, arguments: dict[str, Any], *askers: str, at: str = "", token: str = ""
) -> dict[str, Any]:
    """The worker's own activity, called as the workflow calls it for these people; `at` is another workflow's id."""
    async with httpx.AsyncClient() as http:
        activities = activities_on(stage.ours, gate=gate(TOOLBOX), tools=TOOLBOX.open(http, []))
        environment, thread = ActivityEnvironment(), stage.thread
        environment.payload_converter = DATA_CONVERTER.payload_converter
        at = at or workflow_id(thread.team, thread.channel, thread.thread_ts)
        environment.info = dataclasses.replace(environment.info, activity_type=name, workflow_id=at)
        tool_run = ToolRun(askers=[Author(id=asker) for asker in askers], action_token=token)

        async def act() -> dict[str, Any]:
            payloads = [activity.payload_converter().to_payload(one) for one in (arguments, tool_run)]
            return await activities.run_tool([RawValue(payload) for payload in payloads])

        result: dict[str, Any] = await environment.run(act)
        return result


async def test_a_channel_is_read_for_the_person_who_asks(stage: SlackStage) -> None:
    told = await run(stage, "read_channel", {}, stage.anna)

    assert [message["text"] for message in told["output"]["messages"]] == ["hello"]
    assert told["output"]["channel"] == "#general"


async def test_a_private_channel_is_not_read_for_somebody_else_and_not_into_another_channel(
    stage: SlackStage,
) -> None:
    ben = stage.slack.add_user("ben")
    secret = stage.slack.add_channel("secret", members=[ben], is_private=True)
    stage.slack.say(ben, secret, "the plan")

    for_anna = await run(stage, "read_channel", {"channel": secret}, stage.anna)
    for_both = await run(stage, "read_channel", {"channel": secret}, stage.anna, ben)
    for_ben = await run(stage, "read_channel", {"channel": secret}, ben)

    assert for_anna == for_both
    assert "I know no such channel" in for_anna["error"]
    assert "That channel is private" in for_ben["error"]


async def test_an_app_that_asks_reads_the_channel_of_its_thread_alone(stage: SlackStage) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna])

    assert "output" in await run(stage, "read_channel", {})
    assert "error" in await run(stage, "read_channel", {"channel": other})


async def test_in_a_terminal_nothing_of_slack_is_read(stage: SlackStage) -> None:
    told = await run(stage, "read_channel", {"channel": stage.channel}, stage.anna, at="ask:1")

    assert told["error"] == "read_channel works only in Slack, and this conversation is not there."


async def test_as_much_as_is_read_fits_into_a_result_in_every_script(stage: SlackStage) -> None:
    stage.people_say("in the thread")
    for _ in range(60):
        stage.slack.say(stage.anna, stage.channel, JAPANESE)

    told = await run(stage, "read_channel", {"limit": 100}, stage.anna)

    assert 10 < len(told["output"]["messages"]) < 60
    assert told["output"]["left_out"].startswith("Messages older than")


async def test_people_are_found_with_their_titles(stage: SlackStage) -> None:
    told = await run(stage, "find_people", {"query": "berg"}, stage.anna)

    assert [(person["id"], person["full_name"]) for person in told["output"]["people"]] == [(stage.anna, "Anna Berg")]


async def test_what_is_searched_for_is_found_with_the_permission_of_who_asks_and_not_without(stage: SlackStage) -> None:
    ben = stage.slack.add_user("ben")
    news = stage.slack.add_channel("news", members=[ben])
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True)
    stage.slack.say(ben, news, "the plan is blue")
    stage.slack.say(stage.anna, secret, "the other plan")
    token = stage.slack._backend.action_tokens.new(stage.anna)

    found = await run(stage, "search_messages", {"query": "plan"}, stage.anna, token=token)
    without = await run(stage, "search_messages", {"query": "plan"}, stage.anna)
    run_out = await run(stage, "search_messages", {"query": "plan"}, stage.anna, token="1.2.old")

    assert [(one["channel"], one["text"]) for one in found["output"]["messages"]] == [("#news", "the plan is blue")]
    assert "has run out" in without["error"]
    assert "has run out" in run_out["error"]
