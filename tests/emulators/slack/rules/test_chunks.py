"""The chunks of a streamed message: how much they may hold, and what Slack refuses with a pointer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene
from tests.support.emulators.streams import (
    DIVIDER,
    SOURCE,
    TASK,
    append,
    blocks_chunk,
    refused,
    refused_start,
    start,
    stop,
    streamed,
    written,
)


async def test_one_call_takes_12000_characters_and_a_stream_13200(stage: Scene) -> None:
    ts = await start(stage, markdown_text="x" * 12_000)
    long = await refused_start(stage, markdown_text="x" * 12_001)
    long_chunk = await refused(stage, "chat.appendStream", ts=ts, chunks=[written("x" * 12_001)])

    more = await refused(stage, "chat.appendStream", ts=ts, chunks=[written("y" * 600), written("y" * 601)])
    last = await refused(stage, "chat.stopStream", ts=ts, markdown_text="y" * 1_201)
    await append(stage, ts, written("y" * 600), written("y" * 600))

    assert {body["error"] for body in (long, long_chunk, more, last)} == {"msg_too_long"}
    assert streamed(stage, ts).text == "x" * 12_000 + "y" * 1_200
    assert streamed(stage, ts).streaming_state == "in_progress"


async def test_a_refused_start_leaves_no_message(still: Scene) -> None:
    chunks = [written("x" * 7_000), written("x" * 7_000)]

    body = await refused_start(still, chunks=chunks)
    still.slack.clock.advance(301.0)

    assert body["error"] == "msg_too_long"
    assert [message.user for message in still.slack.messages(still.general)] == [still.anna]


async def test_one_call_takes_50_blocks_and_stop_50_more(stage: Scene) -> None:
    ts = await start(stage, chunks=[blocks_chunk(*[DIVIDER] * 50)])

    chunks = [blocks_chunk(*[DIVIDER] * 25), blocks_chunk(*[DIVIDER] * 26)]
    many = await refused(stage, "chat.appendStream", ts=ts, chunks=chunks)
    below = await refused(stage, "chat.stopStream", ts=ts, blocks=[DIVIDER] * 51)
    await stop(stage, ts, blocks=[DIVIDER] * 50)

    assert (many["error"], below["error"]) == ("msg_blocks_too_many", "invalid_blocks")
    assert len(streamed(stage, ts).blocks) == 100


async def test_malformed_blocks_are_refused_with_their_pointer(stage: Scene) -> None:
    chunks = [written("x"), blocks_chunk(DIVIDER, {"type": "section"})]

    body = await refused_start(stage, chunks=chunks)

    assert body["error"] == "invalid_blocks"
    assert body["errors"] == ["missing required field: text [json-pointer:/chunks/1/blocks/1]"]


async def test_a_task_may_have_256_characters_in_each_text(stage: Scene) -> None:
    full = {"title": "x" * 256, "details": "x" * 256, "output": "x" * 256, "sources": [SOURCE]}
    states = ("pending", "in_progress", "complete", "error")

    ts = await start(stage, chunks=[TASK | full | {"id": state, "status": state} for state in states])

    assert [block["status"] for block in streamed(stage, ts).blocks] == list(states)


WRONG_CHUNKS: list[tuple[dict[str, Any], str]] = [
    ({}, "/type"),
    ({"type": "image"}, "/type"),
    ({"type": ["task_update"]}, "/type"),
    ({"type": "markdown_text"}, ""),
    ({"type": "markdown_text", "text": 5}, "/text"),
    ({"type": "markdown_text", "text": "x", "mrkdwn": True}, ""),
    ({"type": "plan_update", "title": ""}, "/title"),
    ({"type": "plan_update", "title": "x" * 257}, "/title"),
    ({"type": "blocks"}, ""),
    ({"type": "blocks", "blocks": DIVIDER}, "/blocks"),
    ({"type": "task_update", "id": "t1", "title": "x"}, ""),
    (TASK | {"id": ""}, "/id"),
    (TASK | {"id": 1}, "/id"),
    (TASK | {"task_id": "t1"}, ""),
    (TASK | {"title": ""}, "/title"),
    (TASK | {"title": "x" * 257}, "/title"),
    (TASK | {"title": {"type": "plain_text", "text": "x"}}, "/title"),
    (TASK | {"status": "done"}, "/status"),
    (TASK | {"status": None}, "/status"),
    (TASK | {"details": "x" * 257}, "/details"),
    (TASK | {"output": {"type": "rich_text", "elements": []}}, "/output"),
    (TASK | {"sources": SOURCE}, "/sources"),
    (TASK | {"sources": ["https://example.com/"]}, "/sources"),
    (TASK | {"sources": [SOURCE | {"type": "link"}]}, "/sources/0/type"),
    (TASK | {"sources": [SOURCE | {"url": "example.com"}]}, "/sources/0/url"),
    (TASK | {"sources": [SOURCE | {"text": ""}]}, "/sources/0/text"),
    (TASK | {"sources": [{"type": "url", "url": "https://example.com/"}]}, "/sources/0"),
]


@pytest.mark.parametrize(("chunk", "pointer"), WRONG_CHUNKS)
async def test_a_malformed_chunk_is_refused_with_its_pointer_and_nothing_of_its_call_shows(
    stage: Scene, chunk: dict[str, Any], pointer: str
) -> None:
    ts = await start(stage, markdown_text="so far")

    body = await refused(stage, "chat.appendStream", ts=ts, chunks=[written(" and more"), chunk])

    assert body["error"] == "invalid_chunks"
    assert any(f"[json-pointer:/chunks/1{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert streamed(stage, ts).text == "so far"


@pytest.mark.parametrize("chunks", ["no json", {"type": "markdown_text", "text": "x"}, ["x"], 5])
async def test_chunks_are_an_array_of_objects(stage: Scene, chunks: Any) -> None:
    assert (await refused_start(stage, chunks=chunks))["error"] == "invalid_chunks"
