"""The agent does without what is not granted and without what fails: it answers, and says what it could not read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_worker.conversation.wording.linked import NOT_NOW
from agent_worker.slack.reading import sentences
from emulators.gemini.answers import calls, text
from emulators.gemini.request import ModelRequest, function_responses
from emulators.slack.faults.web_api import FaultKind
from tests.support.e2e.stage import Stage

READING = {"find_channels", "find_people", "read_channel", "read_thread"}


@pytest.fixture
async def unstarted(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """For tests that take something from the app before its processes start."""
    async with Stage(temporal_address, tmp_path) as stage:
        yield stage
        stage.gemini.assert_script_finished()


def ask(stage: Stage, question: str) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


def objects(request: ModelRequest) -> list[dict[str, Any]]:
    """The objects of all that Gemini was given in the role of the user."""
    given = [content for content in request.contents if content["role"] == "user"]
    return [json.loads(part["text"]) for content in given for part in content["parts"] if "text" in part]


def told(request: ModelRequest) -> list[str]:
    """What the tools returned last."""
    return [json.dumps(one["response"], ensure_ascii=False) for one in function_responses(request.contents[-1])]


async def test_without_the_scope_for_searching_all_but_the_search_is_there(unstarted: Stage) -> None:
    unstarted.slack.revoke("search:read.public")
    await unstarted.start()
    unstarted.slack.say(unstarted.ben, unstarted.channel, "we take the blue one")
    unstarted.gemini.script(
        calls(("search_messages", {"query": "blue"}), ("read_channel", {})),
        text("The blue one.").given(contains="we take"),
    )

    assert await unstarted.answered(ask(unstarted, "what did we decide?")) == ["The blue one."]

    declared = set(unstarted.gemini.requests[0].tool_names)
    assert declared >= READING
    assert "search_messages" not in declared
    assert "There is no tool called search_messages." in told(unstarted.gemini.requests[1])[0]
    assert unstarted.calls("assistant.search.context") == 0


@pytest.mark.parametrize("error", ["feature_not_enabled", "missing_scope"])
async def test_a_search_that_slack_refuses_is_not_offered_to_the_next_turn(stage: Stage, error: str) -> None:
    """The scope may be taken away while the worker runs, and the workspace may not have the search at all."""
    stage.slack.faults.add(method="assistant.search.context", kind="error", error=error)
    stage.gemini.script(calls(("search_messages", {"query": "blue"})), text("I cannot search."), text("Yes."))

    ts = ask(stage, "search for blue")
    assert await stage.answered(ts) == ["I cannot search."]
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)
    await stage.answered(ts, times=2)

    assert sentences.NO_SEARCH in told(stage.gemini.requests[1])[0]
    offered = ["search_messages" in request.tool_names for request in stage.gemini.requests]
    assert (offered[0], offered[-1]) == (True, False)


async def test_where_the_workspace_has_no_search_events_have_no_token_and_it_is_not_offered(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, search=False) as stage:
        await stage.start()
        stage.gemini.script(text("Hello."))

        ts = ask(stage, "hello")
        await stage.answered(ts)

        history = (await (await stage.workflow(ts)).fetch_history()).to_json()
        assert "action_token" not in history
        assert "search_messages" not in stage.gemini.requests[0].tool_names


async def test_without_the_scope_for_people_it_answers_whom_the_settings_name_and_times_are_in_utc(
    unstarted: Stage,
) -> None:
    unstarted.slack.revoke("users:read")
    unstarted.worker = unstarted.process("agent_worker", ready="worker is ready", SLACK_ALLOWED_USERS=unstarted.anna)
    await unstarted.start()
    unstarted.gemini.script(text("Hello."))
    direct = unstarted.slack.open_dm(unstarted.anna)

    ts = unstarted.slack.say(unstarted.anna, direct, "what day is it?")

    assert await unstarted.answered(ts, direct) == ["Hello."]
    said = objects(unstarted.gemini.requests[0])[-1]
    assert said["from"] == unstarted.anna
    assert said["at"].endswith(" UTC")


async def test_without_the_scope_for_channels_it_says_so(unstarted: Stage) -> None:
    link = unstarted.slack.permalink(unstarted.channel, unstarted.slack.say(unstarted.ben, unstarted.channel, "blue"))
    unstarted.slack.revoke("channels:history")
    await unstarted.start()
    unstarted.gemini.script(calls(("read_channel", {"channel": unstarted.channel})), text("I may not."))
    direct = unstarted.slack.open_dm(unstarted.anna)

    ts = unstarted.slack.say(unstarted.anna, direct, f"what is <{link}>?")

    assert await unstarted.answered(ts, direct) == ["I may not."]
    assert objects(unstarted.gemini.requests[0])[-1] == {"link": link, "unreadable": sentences.NOT_PERMITTED}
    assert sentences.NOT_PERMITTED in told(unstarted.gemini.requests[1])[0]


@pytest.mark.parametrize(
    "kind",
    ["internal_error", "slow", "rate_limited"],
    ids=["fails", "does not answer", "wants an hour's pause"],
)
async def test_a_link_that_slack_does_not_show_keeps_no_question_waiting(stage: Stage, kind: FaultKind) -> None:
    link = stage.slack.permalink(stage.channel, stage.slack.say(stage.ben, stage.channel, "the build is red"))
    stage.slack.faults.add(method="conversations.replies", kind=kind, times=None, retry_after=3600, seconds=3600.0)
    stage.gemini.script(text("I could not read it."))
    direct = stage.slack.open_dm(stage.anna)

    ts = stage.slack.say(stage.anna, direct, f"what is <{link}> about?")

    assert await stage.answered(ts, direct) == ["I could not read it."]
    assert objects(stage.gemini.requests[0])[-1] == {"link": link, "unreadable": NOT_NOW}


async def test_a_tool_does_not_wait_as_long_as_slack_wishes(stage: Stage) -> None:
    stage.slack.faults.add(method="conversations.history", kind="rate_limited", retry_after=3600)
    stage.gemini.script(calls(("read_channel", {})), text("I could not read it."))

    assert await stage.answered(ask(stage, "what was said here?")) == ["I could not read it."]
    assert sentences.BUSY in told(stage.gemini.requests[1])[0]
