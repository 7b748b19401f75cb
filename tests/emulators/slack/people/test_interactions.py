"""Buttons, slash commands and response URLs."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from emulators.slack.people.response_urls import RESPONSES
from tests.support.emulators.scene import Scene, envelopes

BLOCKS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "choice",
        "elements": [
            {"type": "button", "action_id": "stop", "value": "run-1", "text": {"type": "plain_text", "text": "Stop"}}
        ],
    }
]


async def _respond(url: str, **fields: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=fields) as response:
        return response.status, await response.text()


async def _post_with_button(stage: Scene, blocks: list[dict[str, Any]] = BLOCKS) -> str:
    stage.slack.revoke("channels:history")  # no message events, to have interactions alone
    return str((await stage.client.chat_postMessage(channel=stage.general, text="?", blocks=blocks))["ts"])


def _button(action_id: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Press"}
    return {"type": "button", "action_id": action_id, "value": value, "text": text}


def _actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


async def test_a_pressed_button_arrives_once_and_its_acknowledgement_may_carry_an_answer(still: Scene) -> None:
    ts = await _post_with_button(still)
    async with envelopes(still) as socket:
        still.slack.press_button(still.anna, still.general, ts, "stop")
        frame = await socket.receive_json(timeout=5)
        still.slack.clock.advance(1_000.0)
        await socket.send_json({"envelope_id": frame["envelope_id"], "payload": {"text": "thanks"}})
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

    payload = frame["payload"]
    assert (frame["type"], frame["accepts_response_payload"]) == ("interactive", True)
    assert "retry_attempt" not in frame
    assert (payload["type"], payload["user"]["id"]) == ("block_actions", still.anna)
    assert payload["container"]["message_ts"] == ts
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("stop", "choice", "run-1")
    assert still.slack.deliveries[0].attempts == 1
    assert still.slack.deliveries[0].answer == {"text": "thanks"}


async def _pressed(stage: Scene, ts: str, action_id: str, value: str | None = None) -> dict[str, Any]:
    """The payload that reaches the app."""
    async with envelopes(stage) as socket:
        stage.slack.press_button(stage.anna, stage.general, ts, action_id, value)
        payload: dict[str, Any] = (await socket.receive_json(timeout=5))["payload"]
        return payload


async def test_only_what_a_message_shows_can_be_pressed(stage: Scene) -> None:
    ts = await _post_with_button(stage)

    with pytest.raises(ValueError, match="go"):
        stage.slack.press_button(stage.anna, stage.general, ts, "go")
    with pytest.raises(ValueError, match="stop"):
        stage.slack.press_button(stage.anna, stage.general, ts, "stop", "run-2")


async def test_buttons_with_the_same_id_are_told_apart_by_their_values(stage: Scene) -> None:
    ts = await _post_with_button(stage, [_actions(_button("pick", "a"), _button("pick", "b"))])

    picked = [await _pressed(stage, ts, "pick", value) for value in (None, "b")]

    assert [payload["actions"][0]["value"] for payload in picked] == ["a", "b"]


async def test_feedback_is_good_unless_the_person_says_otherwise(stage: Scene) -> None:
    text = {"type": "plain_text", "text": "Go"}
    sides = {"positive_button": {"text": text, "value": "good"}, "negative_button": {"text": text, "value": "bad"}}
    feedback = {"type": "feedback_buttons", "action_id": "feedback"} | sides
    ts = await _post_with_button(stage, [{"type": "context_actions", "elements": [feedback]}])

    actions = [(await _pressed(stage, ts, "feedback", value))["actions"][0] for value in (None, "bad")]

    assert [action["value"] for action in actions] == ["good", "bad"]
    assert set(actions[0]) == {"type", "action_id", "block_id", "value", "action_ts"}
    assert actions[0]["type"] == "feedback_buttons"


async def test_an_action_names_its_block_as_the_message_does_with_a_made_up_name_if_need_be(stage: Scene) -> None:
    ts = await _post_with_button(stage, [{"type": "divider"}, _actions(_button("go", "x"))])

    payload = await _pressed(stage, ts, "go")

    assert payload["actions"][0]["block_id"] == payload["message"]["blocks"][1]["block_id"]
    assert payload["message"]["blocks"][0]["block_id"] != payload["message"]["blocks"][1]["block_id"]


async def test_a_button_for_some_people_is_not_there_for_others(stage: Scene) -> None:
    ben = stage.slack.add_user("ben")
    ts = await _post_with_button(stage, [_actions(_button("go", "x") | {"visible_to_user_ids": [stage.anna]})])

    await _pressed(stage, ts, "go")
    with pytest.raises(ValueError, match="nothing to press"):
        stage.slack.press_button(ben, stage.general, ts, "go")


async def test_a_click_can_be_delivered_twice(stage: Scene) -> None:
    ts = await _post_with_button(stage)
    async with envelopes(stage) as socket:
        stage.slack.press_button(stage.anna, stage.general, ts, "stop", twice=True)
        first, second = await socket.receive_json(timeout=5), await socket.receive_json(timeout=5)

    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"] == second["payload"]
    assert len(stage.slack.deliveries) == 2


async def test_a_button_gives_a_trigger_for_a_modal(stage: Scene) -> None:
    ts = await _post_with_button(stage)
    text = {"type": "plain_text", "text": "Sure?"}
    view = {"type": "modal", "title": text, "blocks": [{"type": "divider"}]}

    trigger = (await _pressed(stage, ts, "stop"))["trigger_id"]
    await stage.client.views_open(trigger_id=trigger, view=view)

    assert stage.slack.modal(stage.anna) is not None


async def test_a_slash_command_arrives_as_a_flat_form(stage: Scene) -> None:
    async with envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent", "hello")
        frame = await socket.receive_json(timeout=5)

    payload = frame["payload"]
    assert frame["type"] == "slash_commands"
    assert (payload["command"], payload["text"], payload["user_name"]) == ("/agent", "hello", "anna")
    assert payload["is_enterprise_install"] == "false"


async def test_a_response_url_works_five_times(stage: Scene) -> None:
    async with envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    answers = [await _respond(url, text="hello", response_type="in_channel") for _ in range(RESPONSES + 1)]

    assert answers == [(200, "ok")] * RESPONSES + [(404, "expired_url")]
    assert len(stage.slack.messages(stage.general)) == RESPONSES


async def test_a_response_url_works_for_half_an_hour(still: Scene) -> None:
    async with envelopes(still) as socket:
        still.slack.run_command(still.anna, still.general, "/agent")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    first = await _respond(url, text="for you")
    still.slack.clock.advance(1_801.0)
    late = await _respond(url, text="for you")

    assert (first, late) == ((200, "ok"), (404, "expired_url"))
    assert [message.text for message in still.slack.ephemerals(still.general)] == ["for you"]


async def test_an_answer_to_a_button_can_replace_or_delete_its_message(stage: Scene) -> None:
    ts = await _post_with_button(stage)
    async with envelopes(stage) as socket:
        stage.slack.press_button(stage.anna, stage.general, ts, "stop")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    empty = await _respond(url)
    await _respond(url, text="stopped", replace_original=True)
    (replaced,) = stage.slack.messages(stage.general)
    await _respond(url, delete_original=True)

    assert empty == (400, "no_text")
    assert (replaced.text, replaced.blocks) == ("stopped", [])
    assert stage.slack.messages(stage.general) == []
