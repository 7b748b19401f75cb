"""Views as an app makes them, for the tests of Home tabs and modals."""

from __future__ import annotations

from typing import Any

import aiohttp

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


async def next_payload(socket: aiohttp.ClientWebSocketResponse, answer: View | None = None) -> View:
    """The payload of the next envelope, acknowledged with the answer."""
    frame = await socket.receive_json(timeout=5)
    acknowledgement = {"envelope_id": frame["envelope_id"]} | ({} if answer is None else {"payload": answer})
    await socket.send_json(acknowledgement)
    payload: View = frame["payload"]
    return payload
