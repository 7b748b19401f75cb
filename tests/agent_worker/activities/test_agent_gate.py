"""Promises of the gate: a tool runs if the turn's version and the agent's file of this moment both allow it."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from temporalio import activity
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from agent_worker.activities import agent_gate
from agent_worker.activities.agent_gate import AgentGate, NoAgentError
from agent_worker.agents.agents import Agents
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Thread
from agent_worker.contract.names import workflow_id
from agent_worker.payloads import errors
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.model import AskModel
from agent_worker.payloads.thread import Progress, ShownStep, ShowProgress
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import agents_in, write
from tests.support.agent_worker.outside_tools import Afar, FarTool
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

LOOK, READ = "far__look", "far__read"
TOOLBOX = Toolbox([], source=Afar([FarTool(LOOK), FarTool(READ)]))


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@pytest.fixture
def agents(tmp_path: Path) -> Agents:
    write(tmp_path, "default", f"tools: [{LOOK}]")
    write(tmp_path, "ops", f"tools: [{LOOK}, {READ}]\nchannels: [general]")
    return agents_in(tmp_path, TOOLBOX)


async def run(stage: SlackStage, agents: Agents, name: str, *given: BaseModel, workflow: str = "") -> dict[str, Any]:
    """The worker's own activity, as it is scheduled with these things beside the arguments."""
    async with httpx.AsyncClient() as http:
        activities = activities_on(stage.ours, gate=AgentGate(agents, stage.directory), tools=TOOLBOX.open(http, []))
        environment, thread = ActivityEnvironment(), stage.thread
        environment.payload_converter = DATA_CONVERTER.payload_converter
        at = workflow or workflow_id(thread.team, thread.channel, thread.thread_ts)
        environment.info = dataclasses.replace(environment.info, activity_type=name, workflow_id=at)

        async def act() -> dict[str, Any]:
            payloads = [activity.payload_converter().to_payload(one) for one in ({"at": "us"}, *given)]
            return await activities.run_tool([RawValue(payload) for payload in payloads])

        result: dict[str, Any] = await environment.run(act)
        return result


async def test_the_version_of_the_turn_and_the_file_of_this_moment_have_to_allow_a_tool(
    stage: SlackStage, agents: Agents, tmp_path: Path
) -> None:
    before = agents.version("ops")
    write(tmp_path, "less", f"tools: [{LOOK}]")
    less = agents_in(tmp_path, TOOLBOX).version("less")
    assert before is not None
    assert less is not None
    agents.keep(less)

    allowed = await run(stage, agents, READ, ToolRun(agent="ops", version=before.digest))
    not_by_version = await run(stage, agents, READ, ToolRun(agent="ops", version=less.digest))
    not_by_file = await run(stage, agents, READ, ToolRun(agent="default", version=before.digest))

    assert allowed == {"output": {"at": "us"}}
    refused = {"error": f"There is no tool called {READ}. The tools are: {LOOK}."}
    assert not_by_version == not_by_file == refused


async def test_a_call_without_an_agent_is_that_of_the_agent_of_its_channel(stage: SlackStage, agents: Agents) -> None:
    assert "output" in await run(stage, agents, READ, ToolRun())
    assert "output" in await run(stage, agents, READ)
    assert "error" in await run(stage, agents, READ, workflow="ask:terminal")
    assert "output" in await run(stage, agents, LOOK, workflow="ask:terminal")


async def test_what_release_0_2_has_scheduled_is_run_and_shows_its_steps(stage: SlackStage, agents: Agents) -> None:
    steps = Progress(key="1.0:progress", steps=[ShownStep(title="Look around", state="in_progress")])

    result = await run(stage, agents, LOOK, ShowProgress(thread=stage.thread, turn=stage.root, progress=steps))

    assert result == {"output": {"at": "us"}}
    await stage.ours.progress_queue.wait_for_all()
    assert any("Look around" in stage.slack.visible_text(post) for post in posts(stage))


def posts(stage: SlackStage) -> list[Any]:
    return stage.slack.bot_posts(stage.channel, stage.root)


async def test_a_tool_of_an_agent_that_is_gone_is_not_run(stage: SlackStage, agents: Agents) -> None:
    result = await run(stage, agents, LOOK, ToolRun(agent="gone"))

    assert result == {"error": errors.sentence(errors.AGENT_GONE)}


async def test_while_slack_is_away_a_channel_that_may_be_another_agents_is_asked_for_again(
    stage: SlackStage, agents: Agents
) -> None:
    stage.slack.faults.add(method="conversations.info", kind="internal_error")
    gate = AgentGate(agents, stage.directory)

    with pytest.raises(ApplicationError) as away:
        await ActivityEnvironment().run(gate.agent_of, stage.thread)

    assert (away.value.type, away.value.non_retryable) == (errors.SLACK_UNAVAILABLE, False)
    assert await ActivityEnvironment().run(gate.agent_of, stage.thread) == "ops"


@pytest.mark.parametrize("error", ["channel_not_found", "missing_scope"])
async def test_if_slack_refuses_to_tell_the_name_there_is_no_agent(
    stage: SlackStage, agents: Agents, error: str
) -> None:
    stage.slack.faults.add(method="conversations.info", kind="error", error=error, times=None)

    with pytest.raises(NoAgentError) as refused:
        await ActivityEnvironment().run(AgentGate(agents, stage.directory).agent_of, stage.thread)

    assert refused.value.code == errors.CHANNEL_UNNAMED


async def test_a_conversation_keeps_its_agent_whatever_the_channel_is_called(stage: SlackStage, agents: Agents) -> None:
    gate = AgentGate(agents, stage.directory)

    assert await gate.agent_of(stage.thread, "default") == "default"
    assert await gate.agent_of(Thread(team="T", channel="D1", thread_ts="1.0")) == "default"
    assert stage.calls("conversations.info") == 0


async def test_a_model_call_at_the_beginning_of_a_turn_takes_the_version_of_this_moment(agents: Agents) -> None:
    request = AskModel(
        thread=Thread(team="", channel="", thread_ts="", surface="terminal"),
        turn="1.0",
        model="",
        epoch="e",
        known=0,
        new=[],
    )
    gate = AgentGate(agents, None)

    taken = await gate.version(request)

    assert taken == agents.version("default")
    assert await gate.version(request.model_copy(update={"version": taken.digest})) == taken


async def test_a_tool_that_is_not_there_just_now_is_no_matter_of_the_gate(agents: Agents) -> None:
    gate = AgentGate(agents, None)
    version = agents.version("ops")
    assert version is not None
    agents.keep(version)
    agents.toolbox = Toolbox([])  # the server has gone

    refusal = await gate.refusal(READ, ToolRun(agent="ops", version=version.digest), None)

    assert refusal is None


@pytest.mark.parametrize("attempts", [1, 2])
async def test_a_call_whose_version_nobody_tells_is_tried_again_and_then_surely_not_carried_out(
    agents: Agents, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    async def away() -> None:
        raise errors.retryable(errors.TRANSCRIPT_UNAVAILABLE, "UNAVAILABLE")

    monkeypatch.setattr(agent_gate, "_told_by_workflow", away)
    environment = ActivityEnvironment()
    policy = RetryPolicy(maximum_attempts=attempts)
    environment.info = dataclasses.replace(environment.info, attempt=1, retry_policy=policy)
    asked = environment.run(AgentGate(agents, None).refusal, READ, ToolRun(agent="ops", version="of another"), None)

    if attempts == 1:
        assert await asked == agent_gate.NOT_CHECKED.format(tool=READ)
    else:
        with pytest.raises(ApplicationError):
            await asked
