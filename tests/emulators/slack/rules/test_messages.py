"""How much a message may hold, and what Slack calls it when it is too much."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.posts import Block, post, refused_post, section
from tests.support.emulators.scene import Scene, refusal


def _markdown(length: int) -> Block:
    return {"type": "markdown", "text": "x" * length}


async def test_text_may_have_4000_characters(stage: Scene) -> None:
    await post(stage, text="x" * 4_000)

    assert (await refused_post(stage, text="x" * 4_001))["error"] == "msg_too_long"


async def test_an_update_obeys_the_same_limits(stage: Scene) -> None:
    ts = (await stage.client.chat_postMessage(channel=stage.general, text="hello"))["ts"]

    long = await refusal(stage.client.chat_update(channel=stage.general, ts=ts, text="x" * 4_001))
    blocks = await refusal(stage.client.chat_update(channel=stage.general, ts=ts, text="x", blocks=[_markdown(12_001)]))
    empty = await refusal(stage.client.api_call("chat.update", json={"channel": stage.general, "ts": ts, "text": ""}))

    assert [body["error"] for body in (long, blocks, empty)] == ["msg_too_long", "msg_blocks_too_long", "no_text"]


async def test_a_message_needs_something_to_show(stage: Scene) -> None:
    assert (await refused_post(stage, text=None))["error"] == "no_text"
    assert (await refused_post(stage, text=""))["error"] == "no_text"
    assert (await refused_post(stage, text=None, blocks=[]))["error"] == "no_text"


async def test_markdown_blocks_may_have_12000_characters_together_and_all_blocks_13200(stage: Scene) -> None:
    await post(stage, blocks=[_markdown(11_000), _markdown(1_000), section("x" * 1_200)])

    assert (await refused_post(stage, blocks=[_markdown(12_001)]))["error"] == "msg_blocks_too_long"
    assert (await refused_post(stage, blocks=[_markdown(12_000), _markdown(1)]))["error"] == "msg_blocks_too_long"
    assert (await refused_post(stage, blocks=[section("x" * 2_700)] * 5))["error"] == "msg_blocks_too_long"


async def test_markdown_text_may_have_12000_characters(stage: Scene) -> None:
    await post(stage, text=None, markdown_text="x" * 12_000)

    assert (await refused_post(stage, text=None, markdown_text="x" * 12_001))["error"] == "msg_too_long"


async def test_a_message_may_have_100_attachments(stage: Scene) -> None:
    await post(stage, attachments=[{"text": "x"}] * 100)

    assert (await refused_post(stage, attachments=[{"text": "x"}] * 101))["error"] == "too_many_attachments"


async def test_metadata_that_is_too_large_is_refused(stage: Scene) -> None:
    metadata = {"event_type": "x", "event_payload": {"text": "x" * 20_000}}

    assert (await refused_post(stage, text="hello", metadata=metadata))["error"] == "metadata_too_large"


@pytest.mark.parametrize("blocks", ["no json", "{}", {"type": "divider"}, 5])
async def test_blocks_are_an_array(stage: Scene, blocks: Any) -> None:
    assert (await refused_post(stage, blocks=blocks))["error"] == "invalid_blocks_format"


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        {},
        {"event_type": "x"},
        {"event_type": "", "event_payload": {}},
        {"event_type": "two words", "event_payload": {}},
        {"event_type": "x" * 256, "event_payload": {}},
        {"event_type": "x", "event_payload": "text"},
        {"event_type": "x", "event_payload": {}, "more": 1},
    ],
)
async def test_malformed_metadata_is_refused(stage: Scene, metadata: Any) -> None:
    assert (await refused_post(stage, metadata=metadata))["error"] == "invalid_metadata_format"
