"""Calls that stream a message into #general, and what has become of it."""

from __future__ import annotations

from typing import Any

from emulators.slack.state.messages import Message
from tests.support.emulators.scene import Scene, refusal

TASK = {"type": "task_update", "id": "t1", "title": "Looking", "status": "in_progress"}
SOURCE = {"type": "url", "url": "https://example.com/alerts", "text": "Alerts"}
DIVIDER = {"type": "divider"}
WITHOUT_START = ("chat.appendStream", "chat.stopStream")


def recipient(stage: Scene) -> dict[str, str]:
    return {"recipient_user_id": stage.anna, "recipient_team_id": stage.slack.team_id}


def written(text: str) -> dict[str, Any]:
    return {"type": "markdown_text", "text": text}


def blocks_chunk(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "blocks", "blocks": list(blocks)}


async def start(stage: Scene, thread_ts: str = "", **arguments: Any) -> str:
    root = thread_ts or stage.slack.say(stage.anna, stage.general, "question")
    given = {"channel": stage.general, "thread_ts": root} | recipient(stage) | arguments
    return str((await stage.client.chat_startStream(**given))["ts"])


async def append(stage: Scene, ts: str, *chunks: dict[str, Any]) -> None:
    await stage.client.chat_appendStream(channel=stage.general, ts=ts, chunks=list(chunks))


async def stop(stage: Scene, ts: str, **arguments: Any) -> dict[str, Any]:
    """The message of the answer."""
    message: dict[str, Any] = (await stage.client.chat_stopStream(channel=stage.general, ts=ts, **arguments))["message"]
    return message


async def refused(stage: Scene, method: str, **arguments: Any) -> dict[str, Any]:
    return await refusal(stage.client.api_call(method, json={"channel": stage.general} | arguments))


async def refused_start(stage: Scene, **arguments: Any) -> dict[str, Any]:
    root = stage.slack.say(stage.anna, stage.general, "question")
    return await refused(stage, "chat.startStream", **{"thread_ts": root} | recipient(stage) | arguments)


def streamed(stage: Scene, ts: str) -> Message:
    (message,) = [message for message in stage.slack.messages(stage.general) if message.ts == ts]
    return message


def root_of(stage: Scene, ts: str) -> str:
    return streamed(stage, ts).root_ts


def session_status(stage: Scene, ts: str) -> str:
    session = stage.slack.session(stage.general, root_of(stage, ts))
    return "" if session is None else session.status
