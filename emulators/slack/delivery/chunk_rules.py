"""The rules for the chunks that a streamed message is written in: what Slack refuses to add to it."""

from __future__ import annotations

from typing import Any

from emulators.slack.delivery.streams import Chunk
from emulators.slack.rules import agent_rules, block_rules
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.field_rules import Check, Problems, at, one_of, record, short
from emulators.slack.rules.limits import MAX_MARKDOWN

MAX_BLOCKS = 50  # in all chunks of one call


def checked(chunks: Any) -> list[Chunk]:
    """The chunks of one call; raises SlackError for what Slack would refuse, all of them together."""
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise SlackError("invalid_chunks")
    for index, chunk in enumerate(chunks):
        if found := list(_problems(chunk, f"/chunks/{index}")):
            raise invalid("invalid_chunks", found)
    blocks = [(index, chunk["blocks"]) for index, chunk in enumerate(chunks) if chunk["type"] == "blocks"]
    if sum(len(shown) for _, shown in blocks) > MAX_BLOCKS:
        raise SlackError("msg_blocks_too_many")
    for index, shown in blocks:
        if found := block_rules.problems(shown, pointer=f"/chunks/{index}/blocks"):
            raise invalid("invalid_blocks", found)
    if any(len(chunk["text"]) > MAX_MARKDOWN for chunk in chunks if chunk["type"] == "markdown_text"):
        raise SlackError("msg_too_long")
    return chunks


def _problems(chunk: Chunk, pointer: str) -> Problems:
    kind = chunk.get("type")
    yield from one_of(kind, _FIELDS, f"{pointer}/type")
    if isinstance(kind, str) and kind in _FIELDS:
        required, optional = _FIELDS[kind]
        yield from record(chunk, {"type": _known} | required, optional, pointer)


def _known(_: object, __: str) -> Problems:
    yield from ()


def _name(value: object, pointer: str) -> Problems:
    yield from short(value, 255, pointer)


def _text(value: object, pointer: str) -> Problems:
    if not isinstance(value, str):  # the length is a different error
        yield at("must be a string", pointer)


def _blocks(value: object, pointer: str) -> Problems:
    """Looked at more closely once it is known that there are not too many."""
    if not isinstance(value, list):
        yield from block_rules.problems(value, pointer=pointer)


_Fields = dict[str, Check]
_FIELDS: dict[str, tuple[_Fields, _Fields]] = {  # what each kind of chunk must have, and what it may have
    "markdown_text": ({"text": _text}, {}),
    "task_update": (
        {"id": _name, "title": agent_rules.task_text, "status": agent_rules.task_state},
        {"details": agent_rules.task_text, "output": agent_rules.task_text, "sources": agent_rules.sources},
    ),
    "plan_update": ({"title": agent_rules.task_text}, {}),
    "blocks": ({"blocks": _blocks}, {}),
}
