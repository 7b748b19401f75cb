"""What Slack refuses to store, by its own names for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, refusal

Block = dict[str, Any]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _markdown(length: int) -> Block:
    return {"type": "markdown", "text": "x" * length}


def _button(**fields: Any) -> Block:
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}} | fields


async def _post(stage: Scene, **arguments: Any) -> dict[str, Any]:
    """The body of the answer, whatever it is."""
    call = stage.client.api_call("chat.postMessage", json={"channel": stage.general} | arguments)
    return await refusal(call)


async def _accepts(stage: Scene, **arguments: Any) -> None:
    await stage.client.api_call("chat.postMessage", json={"channel": stage.general} | arguments)


async def test_text_may_have_4000_characters(stage: Scene) -> None:
    await _accepts(stage, text="x" * 4_000)

    assert (await _post(stage, text="x" * 4_001))["error"] == "msg_too_long"


async def test_an_update_obeys_the_same_limits(stage: Scene) -> None:
    ts = (await stage.client.chat_postMessage(channel=stage.general, text="hello"))["ts"]

    long = await refusal(stage.client.chat_update(channel=stage.general, ts=ts, text="x" * 4_001))
    blocks = await refusal(stage.client.chat_update(channel=stage.general, ts=ts, text="x", blocks=[_markdown(12_001)]))
    empty = await refusal(stage.client.api_call("chat.update", json={"channel": stage.general, "ts": ts, "text": ""}))

    assert [body["error"] for body in (long, blocks, empty)] == ["msg_too_long", "msg_blocks_too_long", "no_text"]


async def test_a_message_needs_something_to_show(stage: Scene) -> None:
    assert (await _post(stage))["error"] == "no_text"
    assert (await _post(stage, text=""))["error"] == "no_text"
    assert (await _post(stage, blocks=[]))["error"] == "no_text"


async def test_markdown_blocks_may_have_12000_characters_each_and_13200_together(stage: Scene) -> None:
    await _accepts(stage, blocks=[_markdown(12_000), _markdown(1_200)])

    assert (await _post(stage, blocks=[_markdown(12_001)]))["error"] == "msg_blocks_too_long"
    assert (await _post(stage, blocks=[_markdown(12_000), _markdown(1_201)]))["error"] == "msg_blocks_too_long"
    assert (await _post(stage, blocks=[_section("x" * 2_700)] * 5))["error"] == "msg_blocks_too_long"


async def test_markdown_text_may_have_12000_characters(stage: Scene) -> None:
    await _accepts(stage, markdown_text="x" * 12_000)

    assert (await _post(stage, markdown_text="x" * 12_001))["error"] == "msg_too_long"


async def test_a_long_section_is_named_with_its_pointer_in_both_places(stage: Scene) -> None:
    await _accepts(stage, blocks=[_section("x" * 3_000)])

    body = await _post(stage, blocks=[_section("fine"), _section("x" * 3_001)])

    problem = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert (body["error"], body["errors"]) == ("invalid_blocks", [problem])
    assert body["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


async def test_a_message_may_have_50_blocks(stage: Scene) -> None:
    await _accepts(stage, blocks=[{"type": "divider"}] * 50)

    body = await _post(stage, blocks=[{"type": "divider"}] * 51)

    assert body["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


async def test_a_message_may_have_100_attachments(stage: Scene) -> None:
    await _accepts(stage, attachments=[{"text": "x"}] * 100)

    assert (await _post(stage, attachments=[{"text": "x"}] * 101))["error"] == "too_many_attachments"


async def test_metadata_is_for_ids_and_not_for_documents(stage: Scene) -> None:
    metadata = {"event_type": "x", "event_payload": {"text": "x" * 20_000}}

    assert (await _post(stage, text="hello", metadata=metadata))["error"] == "metadata_too_large"


@pytest.mark.parametrize("blocks", ["no json", "{}", {"type": "divider"}, 5])
async def test_blocks_are_an_array(stage: Scene, blocks: Any) -> None:
    assert (await _post(stage, blocks=blocks))["error"] == "invalid_blocks_format"


WRONG_BLOCKS: list[tuple[Any, str]] = [
    ("text", "/blocks"),
    ({"type": "paragraph"}, "/blocks/0/type"),
    ({"type": "section"}, "/blocks/0"),
    (_section(""), "/blocks/0/text/text"),
    ({"type": "section", "text": "bare"}, "/blocks/0/text"),
    ({"type": "section", "text": {"type": "markdown", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/fields"),
    ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]}, "/blocks/0/fields/0/text"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "/blocks/0/text/text"),
    ({"type": "context", "elements": []}, "/blocks/0/elements"),
    ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/elements"),
    ({"type": "actions", "elements": [_button()] * 26}, "/blocks/0/elements"),
    (
        {"type": "actions", "elements": [_button(text={"type": "plain_text", "text": "x" * 76})]},
        "/blocks/0/elements/0/text/text",
    ),
    ({"type": "actions", "elements": [_button(value="x" * 2_001)]}, "/blocks/0/elements/0/value"),
    ({"type": "actions", "elements": [_button(style="bright")]}, "/blocks/0/elements/0/style"),
    ({"type": "actions", "elements": [_button(action_id="x" * 256)]}, "/blocks/0/elements/0/action_id"),
    ({"type": "markdown", "text": ""}, "/blocks/0/text"),
    ({"type": "image", "image_url": "https://example.com/x.png"}, "/blocks/0/alt_text"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "/blocks/0/rows/0"),
    ({"type": "divider", "block_id": "x" * 256}, "/blocks/0/block_id"),
]


@pytest.mark.parametrize(("block", "pointer"), WRONG_BLOCKS)
async def test_a_malformed_block_is_refused_with_its_pointer(stage: Scene, block: Any, pointer: str) -> None:
    body = await _post(stage, blocks=[block], text="fallback")

    assert body["error"] == "invalid_blocks"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]


async def test_block_ids_are_unique_and_there_is_one_table(stage: Scene) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    ids = await _post(stage, blocks=[{"type": "divider", "block_id": "same"}] * 2)
    tables = await _post(stage, blocks=[table, table])

    assert "[json-pointer:/blocks/1/block_id]" in ids["errors"][0]
    assert "[json-pointer:/blocks/1]" in tables["errors"][0]


async def test_the_blocks_of_an_agent_are_accepted(stage: Scene) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
        "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
    }
    card = {"type": "task_card", "task_id": "t1", "title": "Searched", "status": "complete"}

    await _accepts(
        stage,
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": "Answer"}},
            {"type": "markdown", "text": "**42**"},
            {"type": "plan", "title": "Done", "tasks": [card]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "_sources_"}]},
            {"type": "actions", "elements": [_button(style="danger", value="x")]},
            {"type": "context_actions", "elements": [feedback]},
        ],
    )
