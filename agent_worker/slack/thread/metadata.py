"""The metadata by which the agent finds its own posts again. Everybody in the workspace can read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text.json_shapes import items, mapping, string

EVENT_TYPE = "agent_post"


@dataclass(frozen=True)
class PostMetadata:
    """`key` is the message's post key, `answers` the `ts` of the messages that it answers."""

    key: str = ""
    answers: tuple[str, ...] = ()

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> PostMetadata:
        """Empty if the message has none of ours. Check who wrote the message: another app can copy the metadata."""
        metadata = mapping(message.get("metadata"))
        payload = mapping(metadata.get("event_payload")) if metadata.get("event_type") == EVENT_TYPE else {}
        return cls(string(payload.get("key")), tuple(map(str, items(payload.get("answers")))))


def metadata(key: str, answers: Sequence[str] = ()) -> dict[str, Any]:
    """The `metadata` argument of a call that posts, changes or ends a message."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "answers": list(answers)}}
