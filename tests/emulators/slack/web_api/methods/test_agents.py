"""Status lines, sessions and suggested prompts: what Slack takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.support.emulators.scene import Scene, refusal, scene


async def test_a_status_needs_a_thread_that_exists(still: Scene) -> None:
    root = still.ask()
    reply = still.slack.say(still.anna, still.general, "reply", thread_ts=root)

    for thread_ts in ("1.000000", reply):
        call = still.client.assistant_threads_setStatus(channel_id=still.general, thread_ts=thread_ts, status="x")
        assert (await refusal(call))["error"] == "invalid_thread_ts"


async def test_without_the_stop_event_a_session_warns() -> None:
    async with scene(events=["app_mention"]) as stage:
        root = stage.ask()
        answer = await stage.client.agents_sessions_setStatus(
            channel_id=stage.general, thread_ts=root, status="processing"
        )

    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"status": "busy", "thread_ts": "root"}, "invalid_status"),
        ({"status": "active"}, "thread_ts_required"),
        ({"status": "active", "thread_ts": "1.000000"}, "invalid_thread_ts"),
        ({"status": "active", "thread_ts": "root", "initiator_user_id": "U-nobody"}, "user_not_found"),
        ({"status": "active", "thread_ts": "root", "title": "x" * 201}, "invalid_arguments"),
    ],
)
async def test_a_session_refuses_what_slack_refuses(still: Scene, arguments: dict[str, str], error: str) -> None:
    root = still.ask()
    filled = {name: root if value == "root" else value for name, value in arguments.items()}

    body = await refusal(
        still.client.api_call("agents.sessions.setStatus", json={"channel_id": still.general} | filled)
    )

    assert body["error"] == error


async def test_a_session_is_renamed_once_it_exists(still: Scene) -> None:
    root = still.ask()
    rename = {"channel_id": still.general, "thread_ts": root, "title": "New"}
    assert (await refusal(still.client.agents_sessions_rename(**rename)))["error"] == "session_not_found"
    await still.show_status(root, "is thinking…")

    await still.client.agents_sessions_rename(**rename)

    session = still.slack.session(still.general, root)
    assert session is not None
    assert session.title == "New"


async def test_a_thread_in_direct_messages_is_given_a_title(still: Scene) -> None:
    dm = still.slack.open_dm(still.anna)
    root = still.slack.say(still.anna, dm, "hello")

    await still.client.assistant_threads_setTitle(channel_id=dm, thread_ts=root, title="Title")

    session = still.slack.session(dm, root)
    assert session is not None
    assert session.title == "Title"


PROMPTS = [{"title": "Weather", "message": "What is the weather?"}]


def _suggested(stage: Scene, prompts: Any = PROMPTS, **arguments: Any) -> Awaitable[AsyncSlackResponse]:
    arguments = {"channel_id": stage.slack.open_dm(stage.anna), "prompts": prompts} | arguments
    return stage.client.api_call("assistant.threads.setSuggestedPrompts", json=arguments)


async def test_suggested_prompts_are_shown_where_they_were_put(stage: Scene) -> None:
    slack = stage.slack
    channel = slack.open_dm(stage.anna)
    root = slack.say(stage.anna, channel, "hello")
    further = [{"title": "More", "message": "Tell me more."}]
    await _suggested(stage, title="Try this")
    await _suggested(stage, further, thread_ts=root)

    assert slack.suggested_prompts(channel) == PROMPTS
    assert slack.suggested_prompts(channel, root) == further
    assert slack.suggested_prompts(stage.general) == []
    assert slack.backend.suggestions.get(channel, "").title == "Try this"


@pytest.mark.parametrize(
    "prompts",
    [None, [], PROMPTS * 5, [{"title": "x"}], [{"title": "", "message": "x"}], [PROMPTS[0] | {"icon": "x"}], ["x"]],
)
async def test_there_are_one_to_four_prompts_with_a_title_and_a_message(stage: Scene, prompts: Any) -> None:
    assert (await refusal(_suggested(stage, prompts)))["error"] == "invalid_arguments"
    assert stage.slack.suggested_prompts(stage.slack.open_dm(stage.anna)) == []


async def test_only_an_agent_suggests_prompts() -> None:
    async with scene(is_agent=False) as stage:
        assert (await refusal(_suggested(stage)))["error"] == "not_agent_app"
