"""Views as an app makes them, and the calls that show them to Anna."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.support.emulators.scene import Scene, envelopes, next_frame, refusal

View = dict[str, Any]
TEXT: View = {"type": "plain_text", "text": "Ask"}
SECTION: View = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}
INPUT: View = {
    "type": "input",
    "block_id": "question",
    "label": TEXT,
    "element": {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 20},
}


def home(*blocks: View, **fields: Any) -> View:
    return {"type": "home", "blocks": list(blocks or [SECTION])} | fields


def modal(*blocks: View, **fields: Any) -> View:
    return {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": list(blocks or [INPUT])} | fields


def button(action_id: str, **fields: Any) -> View:
    return {"type": "button", "action_id": action_id, "text": TEXT} | fields


def actions(*elements: View, **fields: Any) -> View:
    return {"type": "actions", "elements": list(elements)} | fields


async def publish(stage: Scene, view: Any, **arguments: Any) -> View:
    answer = await stage.client.views_publish(user_id=stage.anna, view=view, **arguments)
    published: View = answer["view"]
    return published


async def refused_publish(stage: Scene, view: Any, **arguments: Any) -> View:
    """The body of the refusal."""
    return await refusal(stage.client.views_publish(user_id=stage.anna, view=view, **arguments))


async def trigger(stage: Scene) -> str:
    """The trigger_id of a command that Anna types."""
    async with envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent")
        return str((await next_frame(socket))["payload"]["trigger_id"])


async def open_modal(stage: Scene, view: View) -> View:
    answer = await stage.client.views_open(trigger_id=await trigger(stage), view=view)
    opened: View = answer["view"]
    return opened


async def next_payload(socket: aiohttp.ClientWebSocketResponse, answer: View | None = None) -> View:
    """The payload of the next envelope, acknowledged with the answer."""
    frame = await next_frame(socket)
    acknowledgement = {"envelope_id": frame["envelope_id"]} | ({} if answer is None else {"payload": answer})
    await socket.send_json(acknowledgement)
    payload: View = frame["payload"]
    return payload


async def pressed(stage: Scene, ts: str, action_id: str, value: str | None = None) -> View:
    """The payload that reaches the app when Anna presses a button of this message."""
    async with envelopes(stage) as socket:
        stage.slack.press_button(stage.anna, stage.general, ts, action_id, value)
        payload: View = (await next_frame(socket))["payload"]
        return payload
