"""What a person reads in a message."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.slack.state.messages import Message
from tests.support.emulators.scene import Scene


def _visible(stage: Scene, text: str = "", **fields: Any) -> str:
    return stage.slack.visible_text(Message(stage.general, "1.000000", stage.anna, text, **fields))


async def test_tokens_become_names_before_the_text_is_unescaped(stage: Scene) -> None:
    text = f"<@{stage.anna}> in <#{stage.general}>: 1 &lt; 2 &amp;amp; <https://example.com|a link> <!here> &lt;@U1&gt;"

    assert _visible(stage, text) == "@anna in #general: 1 < 2 &amp; a link @here <@U1>"


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "markdown", "text": "**4** > 3"}, "**4** > 3"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "1 &lt; 2"}}, "1 < 2"),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}, {"type": "mrkdwn", "text": "b"}]}, "a\nb"),
        ({"type": "header", "text": {"type": "plain_text", "text": "&amp; so on"}}, "&amp; so on"),
        ({"type": "context", "elements": [{"type": "image", "alt_text": "[x]"}, {"text": "done"}]}, "[x] done"),
        ({"type": "actions", "elements": [{"type": "button", "text": {"text": "Stop"}}]}, "[Stop]"),
        ({"type": "image", "alt_text": "a map"}, "[image: a map]"),
        ({"type": "plan", "title": "P", "tasks": [{"title": "t", "status": "complete"}]}, "P\n✓ t"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]}, "a | b"),
        ({"type": "divider"}, ""),
    ],
)
async def test_each_kind_of_block_is_read(stage: Scene, block: dict[str, Any], text: str) -> None:
    assert _visible(stage, "fallback", blocks=[block]) == text


async def test_rich_text_is_read_with_names_and_lists(stage: Scene) -> None:
    elements = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "to "}, {"type": "user", "user_id": "?"}]},
        {
            "type": "rich_text_list",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji", "name": "tada"}]}],
        },
    ]
    elements[0]["elements"][1]["user_id"] = stage.anna  # type: ignore[index]

    assert _visible(stage, blocks=[{"type": "rich_text", "elements": elements}]) == "to @anna\n• :tada:"


async def test_attachments_and_files_follow_the_text(stage: Scene) -> None:
    attachments = [{"title": "Title", "text": "quoted"}, {"fallback": "only this"}]

    text = _visible(stage, "hello", attachments=attachments, files=[{"name": "notes.txt"}])

    assert text == "hello\nTitle\nquoted\nonly this\n[file: notes.txt]"
