"""The rules for the chunks of a streamed message: what Slack refuses to add to it."""

from __future__ import annotations

from typing import Any

from emulators.slack.rules.agent_blocks import sources, task_state, task_text
from emulators.slack.rules.blocks import block_problems
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.fields import Check, Problems, anything, at, one_of, record, string
from emulators.slack.rules.messages import MAX_MARKDOWN

Chunk = dict[str, Any]
MAX_BLOCKS = 50  # in all chunks of one call


def checked(chunks: Any) -> list[Chunk]:
    """The chunks of one call. Raises SlackError for what Slack would refuse; one bad chunk refuses all of them."""
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise SlackError("invalid_chunks")
    for index, chunk in enumerate(chunks):
        if found := list(_problems(chunk, f"/chunks/{index}")):
            raise invalid("invalid_chunks", found)
    _check_blocks([(index, chunk["blocks"]) for index, chunk in enumerate(chunks) if chunk["type"] == "blocks"])
    if any(len(chunk["text"]) > MAX_MARKDOWN for chunk in chunks if chunk["type"] == "markdown_text"):
        raise SlackError("msg_too_long")
    return chunks


def _check_blocks(chunks: list[tuple[int, list[Any]]]) -> None:
    """`chunks`: the index of each chunk that brings blocks, with these."""
    if sum(len(blocks) for _, blocks in chunks) > MAX_BLOCKS:
        raise SlackError("msg_blocks_too_many")
    for index, blocks in chunks:
        if found := block_problems(blocks, pointer=f"/chunks/{index}/blocks"):
            raise invalid("invalid_blocks", found)


def _problems(chunk: Chunk, pointer: str) -> Problems:
    kind = chunk.get("type")
    yield from one_of(kind, _FIELDS, f"{pointer}/type")
    if isinstance(kind, str) and kind in _FIELDS:
        required, optional = _FIELDS[kind]
        yield from record(chunk, {"type": anything} | required, optional, pointer)


def _text(value: object, pointer: str) -> Problems:
    if not isinstance(value, str):  # a text that is too long is another error, msg_too_long
        yield at("must be a string", pointer)


def _blocks(value: object, pointer: str) -> Problems:
    if not isinstance(value, list):  # the blocks of a list are checked in `_check_blocks`
        yield from block_problems(value, pointer=pointer)


_Fields = dict[str, Check]
_FIELDS: dict[str, tuple[_Fields, _Fields]] = {  # what each kind of chunk must have, and what it may have
    "markdown_text": ({"text": _text}, {}),
    "task_update": (
        {"id": string(255), "title": task_text, "status": task_state},
        {"details": task_text, "output": task_text, "sources": sources},
    ),
    "plan_update": ({"title": task_text}, {}),
    "blocks": ({"blocks": _blocks}, {}),
}
