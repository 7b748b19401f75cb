"""Threads in #general, and what conversations.replies answers about them."""

from __future__ import annotations

from typing import Any

from tests.support.emulators.scene import Scene


def thread(stage: Scene, replies: int) -> tuple[str, list[str]]:
    """Anna writes a thread. Returns the `ts` of the root and of the replies."""
    root = stage.slack.say(stage.anna, stage.general, "root")
    answers = [stage.slack.say(stage.anna, stage.general, f"{n}", thread_ts=root) for n in range(replies)]
    return root, answers


async def replies(stage: Scene, ts: str, **options: Any) -> dict[str, Any]:
    answer = await stage.client.conversations_replies(channel=stage.general, ts=ts, **options)
    assert isinstance(answer.data, dict)
    return answer.data


def stamps(answer: dict[str, Any]) -> list[str]:
    return [message["ts"] for message in answer["messages"]]
