"""What people look at while they talk to the agent, and the prompts that it suggests to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, heard, refusal, scene

PROMPTS = [{"title": "Weather", "message": "What is the weather?"}]


async def _suggest(stage: Scene, prompts: Any = PROMPTS, **arguments: Any) -> None:
    channel = stage.slack.open_dm(stage.anna)
    arguments = {"channel_id": channel, "prompts": prompts} | arguments
    await stage.client.api_call("assistant.threads.setSuggestedPrompts", json=arguments)


async def test_an_agent_is_told_what_people_look_at(stage: Scene) -> None:
    slack = stage.slack
    slack.look_at(stage.anna, stage.general)
    slack.look_at(stage.anna, None)

    events = sorted([body["event"] for body in await heard(stage, 2)], key=lambda event: str(event["event_ts"]))

    entity = {"type": "slack#/types/channel_id", "value": stage.general, "team_id": slack.team_id}
    assert [event["context"] for event in events] == [{"entities": [entity]}, {}]
    assert {(event["type"], event["user"], event["channel"]) for event in events} == {
        ("app_context_changed", stage.anna, slack.open_dm(stage.anna))
    }


async def test_direct_messages_and_the_messages_tab_carry_what_the_person_looks_at(stage: Scene) -> None:
    slack = stage.slack
    slack.revoke("channels:history")
    slack.look_at(stage.anna, stage.general)
    slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> here")
    slack.say(stage.anna, slack.open_dm(stage.anna), "summarize this")
    slack.open_app_home(stage.anna)
    slack.open_app_home(stage.anna, "home")

    events = [body["event"] for body in await heard(stage, 5)]

    (context,) = [event["context"] for event in events if event["type"] == "app_context_changed"]
    assert [event["app_context"] for event in events if "app_context" in event] == [context]
    assert {event["tab"]: event.get("context") for event in events if event["type"] == "app_home_opened"} == {
        "messages": context,
        "home": None,
    }
    assert [event["type"] for event in events if "app_context" in event] == ["message"]


async def test_people_look_only_at_channels_that_they_are_in(stage: Scene) -> None:
    secret = stage.slack.add_channel("secret", members=[], is_private=True)

    with pytest.raises(ValueError, match="not a member"):
        stage.slack.look_at(stage.anna, secret)


async def test_what_people_look_at_needs_its_scope_and_an_agent(stage: Scene) -> None:
    stage.slack.revoke("assistant:write")
    stage.slack.look_at(stage.anna, stage.general)
    stage.slack.say(stage.anna, stage.slack.open_dm(stage.anna), "hello")

    (body,) = await heard(stage)

    assert "app_context" not in body["event"]
    async with scene(is_agent=False) as other:
        with pytest.raises(ValueError, match="agent"):
            other.slack.look_at(other.anna, other.general)


async def test_suggested_prompts_are_shown_where_they_were_put(stage: Scene) -> None:
    slack = stage.slack
    channel = slack.open_dm(stage.anna)
    root = slack.say(stage.anna, channel, "hello")
    further = [{"title": "More", "message": "Tell me more."}]
    await _suggest(stage, title="Try this")
    await _suggest(stage, further, thread_ts=root)

    assert (slack.suggested_prompts(channel), slack.suggested_prompts_title(channel)) == (PROMPTS, "Try this")
    assert (slack.suggested_prompts(channel, root), slack.suggested_prompts_title(channel, root)) == (further, "")
    assert slack.suggested_prompts(stage.general) == []


@pytest.mark.parametrize(
    "prompts",
    [None, [], PROMPTS * 5, [{"title": "x"}], [{"title": "", "message": "x"}], [PROMPTS[0] | {"icon": "x"}], ["x"]],
)
async def test_there_are_one_to_four_prompts_with_a_title_and_a_message(stage: Scene, prompts: Any) -> None:
    channel = stage.slack.open_dm(stage.anna)
    arguments = {"channel_id": channel, "prompts": prompts}

    body = await refusal(stage.client.api_call("assistant.threads.setSuggestedPrompts", json=arguments))

    assert body["error"] == "invalid_arguments"
    assert stage.slack.suggested_prompts(channel) == []


async def test_only_an_agent_suggests_prompts() -> None:
    async with scene(is_agent=False) as stage:
        channel = stage.slack.open_dm(stage.anna)
        arguments = {"channel_id": channel, "prompts": PROMPTS}

        body = await refusal(stage.client.api_call("assistant.threads.setSuggestedPrompts", json=arguments))

    assert body["error"] == "not_agent_app"
