"""Blocks that Slack refuses, with a pointer to what is wrong in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.posts import post, refused_post, section
from tests.support.emulators.scene import Scene
from tests.support.emulators.views import button

WRONG_BLOCKS: list[tuple[Any, str]] = [
    ("text", "/blocks"),
    ({"type": "paragraph"}, "/blocks/0/type"),
    ({"type": "section"}, "/blocks/0"),
    (section(""), "/blocks/0/text/text"),
    ({"type": "section", "text": "bare"}, "/blocks/0/text"),
    ({"type": "section", "text": {"type": "markdown", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/fields"),
    ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]}, "/blocks/0/fields/0/text"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "/blocks/0/text/text"),
    ({"type": "context", "elements": []}, "/blocks/0/elements"),
    ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/elements"),
    ({"type": "actions", "elements": [button("go")] * 26}, "/blocks/0/elements"),
    (
        {"type": "actions", "elements": [button("go", text={"type": "plain_text", "text": "x" * 76})]},
        "/blocks/0/elements/0/text/text",
    ),
    ({"type": "actions", "elements": [button("go", value="x" * 2_001)]}, "/blocks/0/elements/0/value"),
    ({"type": "actions", "elements": [button("go", style="bright")]}, "/blocks/0/elements/0/style"),
    ({"type": "actions", "elements": [button("x" * 256)]}, "/blocks/0/elements/0/action_id"),
    ({"type": "markdown", "text": ""}, "/blocks/0/text"),
    ({"type": "image", "image_url": "https://example.com/x.png"}, "/blocks/0/alt_text"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "/blocks/0/rows/0"),
    ({"type": "divider", "block_id": "x" * 256}, "/blocks/0/block_id"),
]


@pytest.mark.parametrize(("block", "pointer"), WRONG_BLOCKS)
async def test_a_malformed_block_is_refused_with_its_pointer(stage: Scene, block: Any, pointer: str) -> None:
    body = await refused_post(stage, blocks=[block], text="fallback")

    assert body["error"] == "invalid_blocks"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]


async def test_block_ids_are_unique_and_there_is_one_table(stage: Scene) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    ids = await refused_post(stage, blocks=[{"type": "divider", "block_id": "same"}] * 2)
    tables = await refused_post(stage, blocks=[table, table])

    assert "[json-pointer:/blocks/1/block_id]" in ids["errors"][0]
    assert "[json-pointer:/blocks/1]" in tables["errors"][0]


async def test_a_long_section_is_named_with_its_pointer_in_both_places(stage: Scene) -> None:
    await post(stage, blocks=[section("x" * 3_000)])

    body = await refused_post(stage, blocks=[section("fine"), section("x" * 3_001)])

    problem = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert (body["error"], body["errors"]) == ("invalid_blocks", [problem])
    assert body["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


async def test_a_message_may_have_50_blocks(stage: Scene) -> None:
    await post(stage, blocks=[{"type": "divider"}] * 50)

    body = await refused_post(stage, blocks=[{"type": "divider"}] * 51)

    assert body["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


async def test_the_blocks_of_an_agent_are_accepted(stage: Scene) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
        "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
    }
    card = {"type": "task_card", "task_id": "t1", "title": "Searched", "status": "complete"}

    await post(
        stage,
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": "Answer"}},
            {"type": "markdown", "text": "**42**"},
            {"type": "plan", "title": "Done", "tasks": [card]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "_sources_"}]},
            {"type": "actions", "elements": [button("go", style="danger", value="x")]},
            {"type": "context_actions", "elements": [feedback]},
        ],
    )
