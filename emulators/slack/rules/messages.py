"""The rules for the content of messages: text, blocks, attachments and metadata, with their limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.blocks import block_problems, text_length
from emulators.slack.rules.errors import SlackError, invalid

# Characters. The documented limits are higher; real workspaces have refused more than these.
MAX_TEXT = 4_000
MAX_MARKDOWN = 12_000  # over all Markdown blocks of a message
MAX_BLOCK_TEXT = 13_200
MAX_ATTACHMENTS = 100
# Characters of JSON. Slack has published no number; this one is enough for a few ids.
MAX_METADATA = 16_000
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,255}")


@dataclass(frozen=True)
class Content:
    """What the caller says a message holds; None for what the caller left out."""

    text: str | None = None
    blocks: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def read_content(arguments: Arguments) -> Content:
    """The content of a post or update. Raises SlackError for what Slack would refuse."""
    markdown = arguments.text("markdown_text")
    text = arguments.text("text")
    blocks = arguments.structure("blocks", error="invalid_blocks_format")
    if markdown is not None:
        if text is not None or blocks is not None:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}] if markdown else None
    if text is not None and len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    if markdown is not None and len(markdown) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    _check_blocks(blocks)
    return Content(text, blocks, _attachments(arguments), _metadata(arguments))


def _check_blocks(blocks: Any) -> None:
    if blocks is None:
        return
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    found = block_problems(blocks)
    if found:
        raise invalid("invalid_blocks", found)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MAX_MARKDOWN or text_length(blocks) > MAX_BLOCK_TEXT:
        raise SlackError("msg_blocks_too_long")


def _attachments(arguments: Arguments) -> list[dict[str, Any]] | None:
    attachments = arguments.structure("attachments", error="invalid_attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return attachments


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    """`{event_type, event_payload}`, or `{}`, with which an update removes the metadata."""
    metadata = arguments.structure("metadata", error="invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if metadata and "entities" not in metadata:
        _check_event(metadata)
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


def _check_event(metadata: dict[str, Any]) -> None:
    if set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not _EVENT_TYPE.fullmatch(metadata["event_type"]):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_format")
