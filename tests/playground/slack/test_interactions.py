"""Buttons, slash commands and response URLs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from playground.slack.interactions import RESPONSES
from tests.playground.slack.scene import Scene

BLOCKS = [
    {
        "type": "actions",
        "block_id": "choice",
        "elements": [
            {"type": "button", "action_id": "stop", "value": "run-1", "text": {"type": "plain_text", "text": "Stop"}}
        ],
    }
]


@asynccontextmanager
async def _envelopes(stage: Scene) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = str((await stage.client.apps_connections_open(app_token=stage.slack.app_token))["url"])
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.receive_json()
        yield socket


async def _respond(url: str, **fields: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=fields) as response:
        return response.status, await response.text()


async def _post_with_button(stage: Scene) -> str:
    stage.slack.revoke("channels:history")  # no message events, to have interactions alone
    return str((await stage.client.chat_postMessage(channel=stage.general, text="?", blocks=BLOCKS))["ts"])


async def test_a_pressed_button_arrives_once_and_its_acknowledgement_may_carry_an_answer(still: Scene) -> None:
    ts = await _post_with_button(still)
    async with _envelopes(still) as socket:
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


async def test_only_what_a_message_shows_can_be_pressed(stage: Scene) -> None:
    ts = await _post_with_button(stage)

    with pytest.raises(ValueError, match="go"):
        stage.slack.press_button(stage.anna, stage.general, ts, "go")


async def test_a_slash_command_arrives_as_a_flat_form(stage: Scene) -> None:
    async with _envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent", "hello")
        frame = await socket.receive_json(timeout=5)

    payload = frame["payload"]
    assert frame["type"] == "slash_commands"
    assert (payload["command"], payload["text"], payload["user_name"]) == ("/agent", "hello", "anna")
    assert payload["is_enterprise_install"] == "false"


async def test_a_response_url_works_five_times(stage: Scene) -> None:
    async with _envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    answers = [await _respond(url, text="hello", response_type="in_channel") for _ in range(RESPONSES + 1)]

    assert answers == [(200, "ok")] * RESPONSES + [(404, "expired_url")]
    assert len(stage.slack.messages(stage.general)) == RESPONSES


async def test_a_response_url_works_for_half_an_hour(still: Scene) -> None:
    async with _envelopes(still) as socket:
        still.slack.run_command(still.anna, still.general, "/agent")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    first = await _respond(url, text="for you")
    still.slack.clock.advance(1_801.0)
    late = await _respond(url, text="for you")

    assert (first, late) == ((200, "ok"), (404, "expired_url"))
    assert [message.text for message in still.slack.ephemerals(still.general)] == ["for you"]


async def test_an_answer_to_a_button_can_replace_or_delete_its_message(stage: Scene) -> None:
    ts = await _post_with_button(stage)
    async with _envelopes(stage) as socket:
        stage.slack.press_button(stage.anna, stage.general, ts, "stop")
        url = (await socket.receive_json(timeout=5))["payload"]["response_url"]

    empty = await _respond(url)
    await _respond(url, text="stopped", replace_original=True)
    (replaced,) = stage.slack.messages(stage.general)
    await _respond(url, delete_original=True)

    assert empty == (400, "no_text")
    assert (replaced.text, replaced.blocks) == ("stopped", [])
    assert stage.slack.messages(stage.general) == []
