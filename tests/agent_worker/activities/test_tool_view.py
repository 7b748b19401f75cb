"""Which tools the model is told of, by what they can be given here; and that each call gets what it may have."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from agent_worker.activities import tool_view
from agent_worker.activities.model_call import ModelCalls
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Thread
from agent_worker.gemini.client import Gemini, make_client
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.model import AskModel, ModelReply
from agent_worker.payloads.thread import Author
from agent_worker.slack.adapter import Slack
from agent_worker.slack.reading.reading import SlackReading
from agent_worker.slack.reading.workspace import SEARCH_SCOPE, SearchGrant
from agent_worker.toolbox.slack_view import SlackSearch, SlackView
from agent_worker.toolbox.tool import ToolError
from agent_worker.toolbox.toolbox import Toolbox
from emulators.gemini.answers import calls, text
from emulators.gemini.emulator import GeminiEmulator
from process import temporal
from tests.support.agent_worker.agents import gate
from tests.support.agent_worker.sample_tools import refuse
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage
from tests.support.agent_worker.slack_views import SIGHTED

TERMINAL = Thread(team="", channel="", thread_ts="", surface="terminal")
WITHOUT_SLACK, WITHOUT_SEARCH = ["refuse"], ["peek", "refuse"]
EVERYTHING = ["peek", "peek_and_seek", "refuse", "seek"]
ANNA = Author(id="U1")

AskedIn = Callable[[Slack | None], Callable[..., Awaitable[ModelReply]]]


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as gemini:
        yield gemini


@pytest.fixture(params=[False, True], ids=["channel", "direct messages"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=request.param) as stage:
        yield stage


@pytest.fixture
async def worker_on(temporal_address: str, gemini: GeminiEmulator) -> AsyncIterator[AskedIn]:
    """Makes the model calls of a worker on this Slack; each is asked with what is known of the turn."""
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    adapter = Gemini(make_client(gemini.api_key, gemini.base_url, "v1", timedelta(seconds=60)))
    toolbox = Toolbox([refuse, *SIGHTED])

    def on(slack: Slack | None) -> Callable[..., Awaitable[ModelReply]]:
        parts: dict[str, Any] = {"gate": gate(toolbox), "gemini": adapter, "toolbox": toolbox, "slack": slack}
        model_calls = ModelCalls(titles=Titles("off", adapter), transcripts=Transcripts(), **parts)

        async def ask(thread: Thread, turn: str = "1.0", **more: Any) -> ModelReply:
            new: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": "hi"}]}]
            asked = AskModel(thread=thread, turn=turn, model="gemini-3.8-flash", epoch=turn, known=0, new=new, **more)
            reply: ModelReply = await ActivityEnvironment(client=client).run(model_calls.reply, asked)
            return reply

        return ask

    yield on
    await adapter.close()


def granting(stage: SlackStage, *scopes: str) -> tuple[Slack, SearchGrant]:
    """The stage's Slack, with these scopes."""
    grant = SearchGrant(scopes)
    workspace = dataclasses.replace(stage.ours.reading._workspace, search=grant)
    return dataclasses.replace(stage.ours, reading=SlackReading(workspace)), grant


async def test_in_slack_the_model_is_told_of_tools_that_read_and_with_permission_of_those_that_search(
    stage: SlackStage, gemini: GeminiEmulator, worker_on: AskedIn
) -> None:
    gemini.script(text("1"), text("2"), text("3"))
    ask_granted, ask_not_granted = worker_on(granting(stage, SEARCH_SCOPE)[0]), worker_on(granting(stage)[0])

    await ask_granted(stage.thread, turn="1.0", may_search=True)
    await ask_granted(stage.thread, turn="2.0", may_search=False)
    await ask_not_granted(stage.thread, turn="3.0", may_search=True)

    assert [request.tool_names for request in gemini.requests] == [EVERYTHING, WITHOUT_SEARCH, WITHOUT_SEARCH]


async def test_in_a_terminal_and_without_a_token_of_slack_no_tool_that_needs_slack_is_known(
    stage: SlackStage, gemini: GeminiEmulator, worker_on: AskedIn
) -> None:
    gemini.script(calls(("peek", {}), ("seek", {"what": "x"}), ("refuse", {"message": "no"})), text("1"))

    reply = await worker_on(stage.ours)(TERMINAL, may_search=True)
    await worker_on(None)(stage.thread, may_search=True)

    assert [request.tool_names for request in gemini.requests] == [WITHOUT_SLACK, WITHOUT_SLACK]
    assert [call.refused for call in reply.calls] == [
        "There is no tool called peek. The tools are: refuse.",
        "There is no tool called seek. The tools are: refuse.",
        None,
    ]


async def test_a_turn_is_told_of_the_same_tools_from_its_first_model_call_to_its_last(
    stage: SlackStage, gemini: GeminiEmulator, worker_on: AskedIn
) -> None:
    """What was permitted to somebody may end in the middle: then a call says so, and the list stays."""
    gemini.script(text("1"), calls(("seek", {"what": "x"})), text("3"))
    slack, grant = granting(stage, SEARCH_SCOPE)
    ask = worker_on(slack)

    await ask(stage.thread, may_search=True, number=1)
    grant.refused()
    reply = await ask(stage.thread, may_search=False, number=2)
    await ask(stage.thread, turn="2.0", may_search=True)

    assert [request.tool_names for request in gemini.requests] == [EVERYTHING, EVERYTHING, WITHOUT_SEARCH]
    assert [call.refused for call in reply.calls] == [None]


async def test_a_call_is_given_a_view_and_with_a_permission_a_search(stage: SlackStage) -> None:
    slack, grant = granting(stage, SEARCH_SCOPE)
    permitted = ToolRun(askers=[ANNA], action_token="1-token")

    given = tool_view.given(slack, stage.thread, permitted)

    assert given.keys() == {SlackView, SlackSearch}
    later = tool_view.given(slack, stage.thread, ToolRun(askers=[ANNA]))[SlackSearch]  # the model may still call it
    with pytest.raises(ToolError, match="run out"):
        await later.search_messages("blue", "", "")
    assert tool_view.given(slack, TERMINAL, permitted) == {}
    assert tool_view.given(slack, None, permitted) == tool_view.given(None, stage.thread, permitted) == {}
    grant.refused()
    assert tool_view.given(slack, stage.thread, permitted).keys() == {SlackView}


async def test_no_two_calls_share_a_view(stage: SlackStage) -> None:
    run = ToolRun(askers=[ANNA])

    views = [tool_view.given(stage.ours, stage.thread, run)[SlackView] for _ in range(2)]

    assert views[0] is not views[1]
