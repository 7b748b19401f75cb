"""The frames of Socket Mode: what Slack sends is read into requests for Bolt, and Bolt's responses into answers. Pure.

Nothing here raises, whatever a frame looks like: an error would end the connection.
"""

from __future__ import annotations

import json
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

Frame = dict[str, Any]


def read(text: str) -> Frame:
    """One frame; an empty one if the text is not a JSON object."""
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def request_of(frame: Frame) -> AsyncBoltRequest | None:
    """The request that Bolt finds a listener for; None if Bolt cannot read the frame, now or when it is sent again."""
    payload = frame.get("payload")
    event = payload.get("event") if isinstance(payload, dict) else None
    has_type = isinstance(event, dict) and isinstance(event.get("type"), str)
    if not isinstance(payload, dict) or (frame.get("type") == "events_api" and not has_type):
        return None
    if payload.get("type") == "block_actions" and not _names_action(payload):
        return None
    try:
        return AsyncBoltRequest(mode="socket_mode", body=payload)
    except (AttributeError, LookupError, TypeError, ValueError):  # Bolt expects every part in its usual form
        return None


def answer_of(frame: Frame, response: BoltResponse) -> Frame:
    """What the acknowledgement carries beside the frame's id: the answer to a command or to a submitted form."""
    if not response.body or not frame.get("accepts_response_payload"):
        return {}
    is_json = any(kind.startswith("application/json") for kind in response.headers.get("content-type", []))
    return {"payload": json.loads(response.body) if is_json else {"text": response.body}}


def _names_action(payload: Frame) -> bool:
    """Whether the first of the payload's actions says which button was pressed."""
    actions = payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return isinstance(first, dict) and isinstance(first.get("action_id"), str)
