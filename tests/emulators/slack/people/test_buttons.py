"""What can be pressed in a message or a Home tab."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, envelopes, scene
from tests.support.emulators.views import SECTION, TEXT, actions, button, home, modal, next_payload, pressed, publish


@pytest.fixture
async def stage() -> AsyncIterator[Scene]:
    """A Slack in which the app hears of no messages, to have interactions alone."""
    async with scene() as made:
        made.slack.revoke("channels:history")
        yield made


async def test_only_what_a_message_shows_can_be_pressed(stage: Scene) -> None:
    ts = await post(stage, blocks=[actions(button("stop", value="run-1"))])

    with pytest.raises(ValueError, match="go"):
        stage.slack.press_button(stage.anna, stage.general, ts, "go")
    with pytest.raises(ValueError, match="stop"):
        stage.slack.press_button(stage.anna, stage.general, ts, "stop", "run-2")


async def test_buttons_with_the_same_id_are_told_apart_by_their_values(stage: Scene) -> None:
    ts = await post(stage, blocks=[actions(button("pick", value="a"), button("pick", value="b"))])

    payloads = [await pressed(stage, ts, "pick", value) for value in (None, "b")]

    assert [payload["actions"][0]["value"] for payload in payloads] == ["a", "b"]


async def test_feedback_is_good_unless_the_person_says_otherwise(stage: Scene) -> None:
    sides = {"positive_button": {"text": TEXT, "value": "good"}, "negative_button": {"text": TEXT, "value": "bad"}}
    feedback = {"type": "feedback_buttons", "action_id": "feedback"} | sides
    ts = await post(stage, blocks=[{"type": "context_actions", "elements": [feedback]}])

    pressings = [(await pressed(stage, ts, "feedback", value))["actions"][0] for value in (None, "bad")]

    assert [action["value"] for action in pressings] == ["good", "bad"]
    assert set(pressings[0]) == {"type", "action_id", "block_id", "value", "action_ts"}
    assert pressings[0]["type"] == "feedback_buttons"


async def test_a_button_for_some_people_is_not_there_for_others(stage: Scene) -> None:
    ben = stage.slack.add_user("ben")
    ts = await post(stage, blocks=[actions(button("go", visible_to_user_ids=[stage.anna]))])

    await pressed(stage, ts, "go")
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_button(ben, stage.general, ts, "go")


async def test_a_button_of_a_home_tab_comes_with_the_view_and_without_a_channel(stage: Scene) -> None:
    link = button("docs", url="https://example.com/", value="docs")
    row = actions(button("open", value="a"), button("open", value="b"), link, block_id="go")
    published = await publish(stage, home(row))
    async with envelopes(stage) as socket:
        stage.slack.press_home_button(stage.anna, "open", "b")
        stage.slack.press_home_button(stage.anna, "docs")
        opened, followed = await next_payload(socket), await next_payload(socket)

    assert (opened["type"], opened["container"]) == ("block_actions", {"type": "view", "view_id": published["id"]})
    assert opened["view"] == published
    assert not opened.keys() & {"channel", "message", "response_url"}
    action = opened["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("open", "go", "b")
    assert followed["actions"][0]["url"] == "https://example.com/"


async def test_a_home_button_gives_a_trigger_for_a_modal(stage: Scene) -> None:
    await publish(stage, home(SECTION | {"accessory": button("open")}))
    async with envelopes(stage) as socket:
        stage.slack.press_home_button(stage.anna, "open")
        payload = await next_payload(socket)

    opened = (await stage.client.views_open(trigger_id=payload["trigger_id"], view=modal()))["view"]

    assert stage.slack.modal(stage.anna) == opened


async def test_only_what_the_home_tab_shows_can_be_pressed(stage: Scene) -> None:
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_home_button(stage.anna, "open")
    await publish(stage, home(actions(button("open", value="a"))))
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_home_button(stage.anna, "open", "b")
