"""What is in a message: its text, files and attachments, no larger and no deeper than Temporal can store.

Never raises, whatever a message looks like.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from agent_worker.contract.messages import SlackFile
from slackbot.events.shapes import FILE, has_form, items, mapping, string

LONGEST_TEXT = 400_000  # characters; a message of Slack has 40,000, each may be escaped
MOST_FILES = 20
LONGEST_NAME = 200  # characters
LARGEST_ATTACHMENTS = 100_000  # bytes of all together, as JSON
MOST_LEVELS = 40  # of lists and objects in each other; Slack's deepest block has about twenty
LEFT_OUT = {"fallback": "[more was attached than can be read]"}
# What the worker reads of an attachment; the rest is how Slack shows it.
_READ = (
    *("author_id", "author_name", "pretext", "title", "title_link", "text", "fields", "fallback"),
    *("blocks", "message_blocks", "files"),
)

Json = dict[str, Any]


def text(message: Mapping[str, Any]) -> str:
    """Slack's escaped text."""
    return string(message.get("text"), LONGEST_TEXT)


def files(message: Mapping[str, Any]) -> list[SlackFile]:
    described = [mapping(file) for file in items(message.get("files"))]
    return [_file(file) for file in described if has_form(file.get("id"), FILE)][:MOST_FILES]


def attachments(message: Mapping[str, Any]) -> list[Json]:
    """What is attached, as Slack writes it: forwarded messages, previews, and blocks that say more than the text."""
    room = LARGEST_ATTACHMENTS
    kept: list[Json] = []
    for attachment in (*_blocks(message), *_attached(message)):
        room -= len(json.dumps(attachment))
        if room < 0:
            return [*kept, LEFT_OUT]
        kept.append(attachment)
    return kept


def _file(file: Mapping[str, Any]) -> SlackFile:
    """One from another workspace has no name yet: the worker asks for it."""
    size = file.get("size")
    return SlackFile(
        id=file["id"],
        name=string(file.get("name"), LONGEST_NAME) or "unnamed",
        mimetype=string(file.get("mimetype"), LONGEST_NAME),
        size=size if isinstance(size, int) and 0 <= size < 2**53 else 0,
    )


def _blocks(message: Mapping[str, Any]) -> Iterator[Json]:
    """Blocks of the message itself. What a person types is a rich_text block, which the text repeats."""
    has_text = bool(text(message).strip())
    blocks = [mapping(block) for block in items(message.get("blocks"))]
    more = [block for block in blocks if not (has_text and block.get("type") == "rich_text")]
    if more:
        yield {"blocks": _storable(more)}


def _attached(message: Mapping[str, Any]) -> Iterator[Json]:
    for attachment in map(mapping, items(message.get("attachments"))):
        if read := {name: attachment[name] for name in _READ if attachment.get(name)}:
            yield _storable(read)


def _storable(value: Any, levels: int = MOST_LEVELS) -> Any:
    """A copy without what JSON, UTF-8 or Temporal's converter cannot take."""
    if isinstance(value, str):
        return string(value, LARGEST_ATTACHMENTS)
    if isinstance(value, Mapping | list) and not levels:
        return None
    if isinstance(value, Mapping):
        return {string(name, LONGEST_NAME): _storable(part, levels - 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_storable(part, levels - 1) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
