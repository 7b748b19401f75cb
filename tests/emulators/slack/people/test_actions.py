"""What can be pressed in a message or a Home tab."""

from __future__ import annotations

import pytest

from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, envelopes
from tests.support.emulators.views import SECTION, TEXT, actions, button, home, modal, next_payload, pressed, publish


async def test_only_what_a_message_shows_can_be_pressed(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[actions(button("stop", value="run-1"))])

    with pytest.raises(ValueError, match="go"):
        quiet.slack.press_button(quiet.anna, quiet.general, ts, "go")
    with pytest.raises(ValueError, match="stop"):
        quiet.slack.press_button(quiet.anna, quiet.general, ts, "stop", "run-2")


async def test_buttons_with_the_same_id_are_told_apart_by_their_values(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[actions(button("pick", value="a")), actions(button("pick", value="b"))])

    payloads = [await pressed(quiet, ts, "pick", value) for value in (None, "b")]

    assert [payload["actions"][0]["value"] for payload in payloads] == ["a", "b"]


async def test_a_person_can_be_faster_than_an_update(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[actions(button("go"), block_id="first")])
    (earlier,) = quiet.slack.messages(quiet.general)
    await quiet.client.chat_update(
        channel=quiet.general, ts=ts, text="x", blocks=[actions(button("go"), block_id="next")]
    )
    async with envelopes(quiet) as socket:
        quiet.slack.press_button(quiet.anna, quiet.general, ts, "go", shown=earlier)
        payload = await next_payload(socket)

    assert payload["actions"][0]["block_id"] == payload["message"]["blocks"][0]["block_id"] == "first"


async def test_feedback_is_good_unless_the_person_says_otherwise(quiet: Scene) -> None:
    sides = {"positive_button": {"text": TEXT, "value": "good"}, "negative_button": {"text": TEXT, "value": "bad"}}
    feedback = {"type": "feedback_buttons", "action_id": "feedback"} | sides
    ts = await post(quiet, blocks=[{"type": "context_actions", "elements": [feedback]}])

    pressings = [(await pressed(quiet, ts, "feedback", value))["actions"][0] for value in (None, "bad")]

    assert [action["value"] for action in pressings] == ["good", "bad"]
    assert set(pressings[0]) == {"type", "action_id", "block_id", "value", "action_ts"}
    assert pressings[0]["type"] == "feedback_buttons"


async def test_a_button_for_some_people_is_not_there_for_others(quiet: Scene) -> None:
    ben = quiet.slack.add_user("ben")
    ts = await post(quiet, blocks=[actions(button("go", visible_to_user_ids=[quiet.anna]))])

    await pressed(quiet, ts, "go")
    with pytest.raises(ValueError, match="nothing to press"):
        quiet.slack.press_button(ben, quiet.general, ts, "go")


async def test_a_button_of_a_home_tab_comes_with_the_view_and_without_a_channel(quiet: Scene) -> None:
    link = button("docs", url="https://example.com/", value="docs")
    rows = actions(button("open", value="a"), link), actions(button("open", value="b"), block_id="go")
    published = await publish(quiet, home(*rows))
    async with envelopes(quiet) as socket:
        quiet.slack.press_home_button(quiet.anna, "open", "b")
        quiet.slack.press_home_button(quiet.anna, "docs")
        opened, followed = await next_payload(socket), await next_payload(socket)

    assert (opened["type"], opened["container"]) == ("block_actions", {"type": "view", "view_id": published["id"]})
    assert opened["view"] == published
    assert not opened.keys() & {"channel", "message", "response_url"}
    action = opened["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("open", "go", "b")
    assert followed["actions"][0]["url"] == "https://example.com/"


async def test_a_home_button_gives_a_trigger_for_a_modal(quiet: Scene) -> None:
    await publish(quiet, home(SECTION | {"accessory": button("open")}))
    async with envelopes(quiet) as socket:
        quiet.slack.press_home_button(quiet.anna, "open")
        payload = await next_payload(socket)

    opened = (await quiet.client.views_open(trigger_id=payload["trigger_id"], view=modal()))["view"]

    assert quiet.slack.modal(quiet.anna) == opened


async def test_only_what_the_home_tab_shows_can_be_pressed(quiet: Scene) -> None:
    with pytest.raises(ValueError, match="nothing to press"):
        quiet.slack.press_home_button(quiet.anna, "open")
    await publish(quiet, home(actions(button("open", value="a"))))
    with pytest.raises(ValueError, match="nothing to press"):
        quiet.slack.press_home_button(quiet.anna, "open", "b")
