"""The metadata by which the agent finds its own posts again. Everybody in the workspace can read it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

from agent_worker.payloads import post_keys
from agent_worker.slack.refusals import METADATA_REFUSED
from process.block_kit import Block, divider
from text.json_shapes import items, mapping, mappings, string

EVENT_TYPE = "agent_post"
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


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
        key = string(payload.get("key")) or _key_in(mappings(message.get("blocks")))
        return cls(key, tuple(map(str, items(payload.get("answers")))))

    @property
    def shows_progress(self) -> bool:
        """Whether the message holds a turn's steps, and nothing that the agent has said."""
        key = post_keys.read(self.key)
        return key is not None and key.kind == "progress"


def metadata(key: str, answers: Sequence[str] = ()) -> dict[str, Any]:
    """The `metadata` argument of a call that posts, changes or ends a message."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "answers": list(answers)}}


@dataclass(frozen=True)
class Marked:
    """How one call marks its message: by metadata, or if Slack takes none, by the id of one of the message's blocks."""

    metadata: dict[str, Any] | None
    key_in_blocks: str = ""

    def blocks(self, blocks: Sequence[Block]) -> list[Block]:
        """The message's blocks, with the key in them if the metadata does not have it. Plain text stays unmarked."""
        if not (self.key_in_blocks and blocks):
            return list(blocks)
        *others, last = blocks
        if last["type"] == "markdown":  # Slack does not keep the id of such a block
            return [*blocks, {**divider(), "block_id": self.key_in_blocks}]
        return [*others, {**last, "block_id": self.key_in_blocks}]


async def marked(call: Callable[[Marked], Awaitable[Result]], key: str, answers: Sequence[str] = ()) -> Result:
    """Makes the call with as much metadata as Slack takes: key and answers, else the key alone, else none."""
    for tried in [metadata(key, answers), *([metadata(key)] if answers else [])]:
        try:
            return await call(Marked(tried))
        except ApplicationError as error:
            if error.message not in METADATA_REFUSED:
                raise
            logger.warning("metadata refused", extra={"reason": error.message})
    return await call(Marked(None, key))


def _key_in(blocks: Sequence[Mapping[str, Any]]) -> str:
    ids = [string(block.get("block_id")) for block in blocks]
    return next((block_id for block_id in ids if post_keys.read(block_id) is not None), "")
