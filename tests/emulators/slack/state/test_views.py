"""Home tabs: what Slack refuses to publish, what people see, and what reaches the app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, envelopes, heard, refusal, scene
from tests.support.emulators.view_samples import SECTION, TEXT, View, home, modal, next_payload


def _button(**fields: Any) -> View:
    return {"type": "button", "action_id": "open", "text": TEXT} | fields


async def _publish(stage: Scene, view: Any, **arguments: Any) -> dict[str, Any]:
    answer = await stage.client.views_publish(user_id=stage.anna, view=view, **arguments)
    published: dict[str, Any] = answer["view"]
    return published


async def _refused(stage: Scene, view: Any, **arguments: Any) -> dict[str, Any]:
    return await refusal(stage.client.views_publish(user_id=stage.anna, view=view, **arguments))


async def test_a_published_view_is_what_the_persons_home_tab_shows(stage: Scene) -> None:
    published = await _publish(stage, home(callback_id="home", private_metadata="x"))

    assert stage.slack.home(stage.anna) == published
    assert stage.slack.visible_text(published) == "*hello*"
    assert stage.slack.home(stage.slack.add_user("ben")) is None
    assert (published["type"], published["callback_id"], published["private_metadata"]) == ("home", "home", "x")
    assert (published["app_id"], published["bot_id"]) == (stage.slack.app_id, stage.slack.bot_id)
    assert published["blocks"][0]["block_id"]


async def test_a_home_tab_keeps_its_id_and_gets_a_new_hash(stage: Scene) -> None:
    first = await _publish(stage, home())
    second = await _publish(stage, home(), hash=first["hash"])

    stale = await _refused(stage, home(), hash=first["hash"])

    assert first["id"] == second["id"]
    assert first["hash"] != second["hash"]
    assert stale["error"] == "hash_conflict"


async def test_a_hash_needs_something_to_replace(stage: Scene) -> None:
    assert (await _refused(stage, home(), hash="1.1"))["error"] == "hash_conflict"


async def test_views_are_published_to_people_of_an_app_with_a_home_tab(stage: Scene) -> None:
    nobody = await refusal(stage.client.views_publish(user_id="U-nobody", view=home()))
    itself = await refusal(stage.client.views_publish(user_id=stage.slack.bot_user_id, view=home()))
    async with scene(home_tab=False) as other:
        off = await _refused(other, home())
        with pytest.raises(ValueError, match="no Home tab"):
            other.slack.open_app_home(other.anna, "home")

    assert [body["error"] for body in (nobody, itself, off)] == ["user_not_found", "user_not_found", "not_enabled"]


async def test_a_home_tab_has_100_blocks_and_250_kilobytes_at_most(stage: Scene) -> None:
    long = SECTION | {"text": {"type": "mrkdwn", "text": "ä" * 2_000}}
    await _publish(stage, home(*[SECTION] * 100))

    blocks = await _refused(stage, home(*[SECTION] * 101))
    large = await _refused(stage, home(*[long] * 63))

    assert blocks["errors"] == ["no more than 100 items allowed [json-pointer:/view/blocks]"]
    assert large["error"] == "view_too_large"


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ([], "/view"),
        (modal(), "/view/type"),
        ({"type": "home"}, "/view/blocks"),
        (home(title=TEXT), "/view"),
        (home(private_metadata="x" * 3_001), "/view/private_metadata"),
        (home(callback_id="x" * 256), "/view/callback_id"),
        (home(callback_id=5), "/view/callback_id"),
        (home({"type": "section"}), "/view/blocks/0"),
        (home({"type": "plan", "title": "x"}), "/view/blocks/0/type"),
        (home({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
        (home({"type": "divider", "block_id": "x"}, {"type": "divider", "block_id": "x"}), "/view/blocks/1/block_id"),
    ],
)
async def test_a_malformed_home_tab_is_refused_with_its_pointer(stage: Scene, view: Any, pointer: str) -> None:
    body = await _refused(stage, view)

    assert body["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.home(stage.anna) is None


async def test_a_button_of_a_home_tab_comes_with_the_view_and_without_a_channel(stage: Scene) -> None:
    link = _button(action_id="docs", url="https://example.com/", value="docs")
    blocks = [{"type": "actions", "block_id": "go", "elements": [_button(value="a"), _button(value="b"), link]}]
    published = await _publish(stage, home(*blocks))
    async with envelopes(stage) as socket:
        stage.slack.press_home_button(stage.anna, "open", "b")
        stage.slack.press_home_button(stage.anna, "docs")
        pressed, followed = await next_payload(socket), await next_payload(socket)

    assert (pressed["type"], pressed["container"]) == ("block_actions", {"type": "view", "view_id": published["id"]})
    assert pressed["view"] == published
    assert not pressed.keys() & {"channel", "message", "response_url"}
    action = pressed["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("open", "go", "b")
    assert followed["actions"][0]["url"] == "https://example.com/"


async def test_a_home_button_gives_a_trigger_for_a_modal(stage: Scene) -> None:
    await _publish(stage, home(SECTION | {"accessory": _button()}))
    async with envelopes(stage) as socket:
        stage.slack.press_home_button(stage.anna, "open")
        payload = await next_payload(socket)

    opened = (await stage.client.views_open(trigger_id=payload["trigger_id"], view=modal()))["view"]

    assert stage.slack.modal(stage.anna) == opened


async def test_only_what_the_home_tab_shows_can_be_pressed(stage: Scene) -> None:
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_home_button(stage.anna, "open")
    await _publish(stage, home({"type": "actions", "elements": [_button(value="a")]}))
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_home_button(stage.anna, "open", "b")


async def test_opening_the_home_tab_tells_what_it_shows(stage: Scene) -> None:
    stage.slack.open_app_home(stage.anna, "home")
    published = await _publish(stage, home())
    stage.slack.open_app_home(stage.anna, "home")
    stage.slack.open_app_home(stage.anna)

    events = [body["event"] for body in await heard(stage, 3)]
    views = [event.get("view") for event in sorted(events, key=lambda event: str(event["event_ts"]))]

    assert views == [None, published, None]
