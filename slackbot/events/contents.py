"""What is in a message: its text, files and attachments, cut to what Temporal can store.

Nothing here raises, whatever a message looks like.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from agent_worker.contract import previews
from agent_worker.contract.messages import SlackFile
from slackbot.events.ids import FILE, has_form
from text.json_shapes import items, mapping, mappings

LONGEST_TEXT = 400_000  # characters; Slack takes 40,000, and escaping can make each of them longer
CUT = 1_000  # characters: a text that is too large is cut after a multiple of these
LARGEST_TEXT = 400_000  # bytes of it as JSON, which writes a character with up to six; Temporal refuses 2 MB
TEXT_LEFT_OUT = " […] [the rest of this message is left out: it is too long]"
MOST_FILES = 20
LONGEST_NAME = 200  # characters
LARGEST_ATTACHMENTS = 100_000  # bytes of all attachments together, as JSON
MOST_LEVELS = 40  # of lists and objects inside each other; Slack's deepest block has about twenty
LEFT_OUT: dict[str, Any] = {"left_out": True}  # not a field of Slack's, and none that is read from a message
# The fields of an attachment that the worker reads; the others only say how Slack shows it.
_READ = (
    *("author_id", "author_name", "pretext", "title", "title_link", "text", "fields", "fallback"),
    *("blocks", "message_blocks", "files", "ts"),
)

Json = dict[str, Any]


def text(message: Mapping[str, Any]) -> str:
    """The message's text, escaped as Slack sends it; "" if there is none. What is cut off ends with TEXT_LEFT_OUT."""
    said = message.get("text")
    kept = storable_text(said, LONGEST_TEXT)
    if not isinstance(said, str) or (len(said) <= LONGEST_TEXT and _bytes_of(kept) <= LARGEST_TEXT):
        return kept
    longest = min(len(kept), LONGEST_TEXT - len(TEXT_LEFT_OUT))
    return (
        kept[: CUT * bisect_right(range(CUT, longest + 1, CUT), LARGEST_TEXT, key=lambda end: _bytes_of(kept[:end]))]
        + TEXT_LEFT_OUT
    )


def files(message: Mapping[str, Any]) -> list[SlackFile]:
    """The message's files, at most MOST_FILES; what has no file id of Slack is left out."""
    described = (mapping(file) for file in items(message.get("files")))
    return [_file(file) for file in described if has_form(file.get("id"), FILE)][:MOST_FILES]


def attachments(message: Mapping[str, Any]) -> list[Json]:
    """Forwarded messages, link previews, and blocks that say more than the text, as Slack writes them.

    If they are larger than LARGEST_ATTACHMENTS together, the rest is replaced by LEFT_OUT.
    """
    room = LARGEST_ATTACHMENTS
    kept: list[Json] = []
    for attachment in (*_blocks(message), *_attached(message)):
        room -= len(json.dumps(attachment))
        if room < 0:
            return [*kept, LEFT_OUT]
        kept.append(attachment)
    return kept


def storable_text(value: object, longest: int) -> str:
    """The first `longest` characters of a text, "?" for what UTF-8 cannot encode; "" if `value` is not a text."""
    return value[:longest].encode("utf-8", errors="replace").decode("utf-8") if isinstance(value, str) else ""


def _bytes_of(value: str) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _file(file: Mapping[str, Any]) -> SlackFile:
    """A file from another workspace has no name yet; the worker asks Slack for it."""
    size = file.get("size")
    return SlackFile(
        id=file["id"],
        name=storable_text(file.get("name"), LONGEST_NAME) or "unnamed",
        mimetype=storable_text(file.get("mimetype"), LONGEST_NAME),
        size=size if isinstance(size, int) and 0 <= size < 2**53 else 0,
    )


def _blocks(message: Mapping[str, Any]) -> Iterator[Json]:
    """The message's own blocks. A rich_text block is left out if there is a text, which says the same."""
    has_text = bool(text(message).strip())
    blocks = [mapping(block) for block in items(message.get("blocks"))]
    more = [block for block in blocks if not (has_text and block.get("type") == "rich_text")]
    if more:
        yield {"blocks": _storable(more)}


def _attached(message: Mapping[str, Any]) -> Iterator[Json]:
    """The message's attachments, with the fields that the worker reads."""
    for attachment in mappings(message.get("attachments")):
        if previews.is_of_a_message(attachment):
            continue
        if read := {name: attachment[name] for name in _READ if attachment.get(name)}:
            yield _storable(read)


def _storable(value: Any, levels: int = MOST_LEVELS) -> Any:
    """A copy that JSON, UTF-8 and Temporal's converter can take: at most `levels` deep, and no infinite numbers."""
    if isinstance(value, str):
        return storable_text(value, LARGEST_ATTACHMENTS)
    if isinstance(value, Mapping | list) and not levels:
        return None
    if isinstance(value, Mapping):
        return {storable_text(name, LONGEST_NAME): _storable(part, levels - 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_storable(part, levels - 1) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
