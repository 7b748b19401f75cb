"""Posts of the app in #general: those that Slack takes, and those that it refuses."""

from __future__ import annotations

from typing import Any

from tests.support.emulators.scene import Scene, refusal

Block = dict[str, Any]


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def post(stage: Scene, **arguments: Any) -> str:
    """Post "hello", or what the arguments say. Returns the `ts`."""
    return str((await stage.client.api_call("chat.postMessage", json=_call(stage, arguments)))["ts"])


async def refused_post(stage: Scene, **arguments: Any) -> dict[str, Any]:
    """The body of the refusal."""
    return await refusal(stage.client.api_call("chat.postMessage", json=_call(stage, arguments)))


def _call(stage: Scene, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"channel": stage.general, "text": "hello"} | arguments
