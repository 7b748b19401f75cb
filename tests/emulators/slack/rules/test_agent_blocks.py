"""Task cards, plans and the buttons below an answer: what Slack takes, and what it refuses with a pointer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.posts import Block, post, refused_post
from tests.support.emulators.scene import Scene, refusal
from tests.support.emulators.views import home, modal

RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}

SOURCE = {"type": "url", "url": "https://example.com/alerts", "text": "Alerts"}

CARD = {"type": "task_card", "task_id": "t1", "title": "Looked", "status": "complete"}

TEXT = {"type": "plain_text", "text": "Go"}

SIDE = {"text": TEXT, "value": "v"}

FEEDBACK = {"type": "feedback_buttons", "action_id": "f", "positive_button": SIDE, "negative_button": SIDE}

ICON = {"type": "icon_button", "action_id": "i", "icon": "trash", "text": TEXT}


def _plan(*tasks: Any, **fields: Any) -> Block:
    return {"type": "plan", "title": "Done", "tasks": list(tasks)} | fields


def _below(*elements: Any, **fields: Any) -> Block:
    return {"type": "context_actions", "elements": list(elements)} | fields


def _long(length: int) -> Block:
    return {"type": "plain_text", "text": "x" * length}


FULL_SIDE = {"text": _long(75), "value": "x" * 2_000, "accessibility_label": "x" * 75}

FULL_ICON = ICON | {"text": _long(75), "value": "x" * 2_000, "visible_to_user_ids": ["U1"] * 10}

RIGHT_BLOCKS: list[Block] = [
    {"type": "task_card", "task_id": "t1", "title": "Looked"},
    CARD | {"title": "x" * 256, "block_id": "b", "details": RICH, "output": RICH, "sources": [SOURCE, SOURCE]},
    *(CARD | {"status": status} for status in ("pending", "in_progress", "complete", "error")),
    {"type": "plan", "title": "x" * 256},
    _plan(*({"task_id": str(number), "title": "x"} for number in range(50)), block_id="b"),
    _below(FEEDBACK, *({**ICON, "action_id": str(number)} for number in range(4)), block_id="b"),
    _below({name: value for name, value in FEEDBACK.items() if name != "action_id"}),
    _below(FEEDBACK | {"positive_button": FULL_SIDE, "negative_button": FULL_SIDE}),
    _below(FULL_ICON | {"accessibility_label": "x" * 75}),
]


@pytest.mark.parametrize("block", RIGHT_BLOCKS)
async def test_what_slack_describes_is_accepted(stage: Scene, block: Block) -> None:
    await post(stage, blocks=[block])

    assert stage.slack.messages(stage.general)[0].blocks == [block]


WRONG_BLOCKS: list[tuple[Block, str]] = [
    ({"type": "task_card", "title": "x"}, ""),
    ({"type": "task_card", "task_id": "t1"}, ""),
    (CARD | {"id": "t1"}, ""),
    (CARD | {"task_id": ""}, "/task_id"),
    (CARD | {"task_id": "x" * 256}, "/task_id"),
    (CARD | {"title": ""}, "/title"),
    (CARD | {"title": "x" * 257}, "/title"),
    (CARD | {"title": TEXT}, "/title"),
    (CARD | {"status": "done"}, "/status"),
    (CARD | {"status": None}, "/status"),
    (CARD | {"details": "as in a chunk"}, "/details"),
    (CARD | {"output": {"type": "mrkdwn", "text": "x"}}, "/output/type"),
    (CARD | {"output": {"type": "rich_text", "elements": []}}, "/output/elements"),
    (CARD | {"sources": []}, "/sources"),
    (CARD | {"sources": [SOURCE] * 51}, "/sources"),
    (CARD | {"sources": [SOURCE | {"type": "link"}]}, "/sources/0/type"),
    (CARD | {"sources": [SOURCE | {"url": "no address"}]}, "/sources/0/url"),
    (CARD | {"sources": [{"type": "url", "url": "https://example.com/"}]}, "/sources/0"),
    ({"type": "plan"}, ""),
    (_plan(CARD, plan_id="p"), ""),
    (_plan(CARD, title=""), "/title"),
    (_plan(CARD, title=TEXT), "/title"),
    (_plan(CARD, title="x" * 257), "/title"),
    (_plan(), "/tasks"),
    (_plan("a task"), "/tasks"),
    (_plan(CARD, CARD), "/tasks"),
    (_plan(*({"task_id": str(number), "title": "x"} for number in range(51))), "/tasks"),
    (_plan(CARD, {"task_id": "t2"}), "/tasks/1"),
    (_plan({"type": "section", "text": TEXT}), "/tasks/0/type"),
    ({"type": "context_actions"}, ""),
    (_below(), "/elements"),
    (_below(*[ICON] * 6), "/elements"),
    (_below({"type": "button", "action_id": "b", "text": TEXT}), "/elements/0/type"),
    (_below(FEEDBACK | {"action_id": "x" * 256}), "/elements/0/action_id"),
    (_below({"type": "feedback_buttons", "action_id": "f", "positive_button": SIDE}), "/elements/0"),
    (_below(FEEDBACK | {"positive_button": {"text": TEXT}}), "/elements/0/positive_button"),
    (_below(FEEDBACK | {"positive_button": SIDE | {"style": "primary"}}), "/elements/0/positive_button"),
    (_below(FEEDBACK | {"negative_button": "Bad"}), "/elements/0/negative_button"),
    (_below(FEEDBACK | {"negative_button": SIDE | {"value": ""}}), "/elements/0/negative_button/value"),
    (_below(FEEDBACK | {"negative_button": SIDE | {"value": "x" * 2_001}}), "/elements/0/negative_button/value"),
    (_below(FEEDBACK | {"negative_button": SIDE | {"text": _long(76)}}), "/elements/0/negative_button/text/text"),
    (
        _below(FEEDBACK | {"negative_button": SIDE | {"text": {"type": "mrkdwn", "text": "x"}}}),
        "/elements/0/negative_button/text/type",
    ),
    (
        _below(FEEDBACK | {"negative_button": SIDE | {"accessibility_label": "x" * 76}}),
        "/elements/0/negative_button/accessibility_label",
    ),
    (_below(ICON | {"icon": "star"}), "/elements/0/icon"),
    (_below({"type": "icon_button", "icon": "trash"}), "/elements/0"),
    (_below(ICON | {"visible_to_user_ids": ["U1"] * 11}), "/elements/0/visible_to_user_ids"),
    ({"type": "actions", "elements": [FEEDBACK]}, "/elements/0/type"),
    ({"type": "section", "text": TEXT, "accessory": ICON}, "/accessory/type"),
]


@pytest.mark.parametrize(("block", "pointer"), WRONG_BLOCKS)
async def test_a_malformed_block_is_refused_with_its_pointer(stage: Scene, block: Block, pointer: str) -> None:
    body = await refused_post(stage, blocks=[block])

    assert body["error"] == "invalid_blocks"
    assert any(f"[json-pointer:/blocks/0{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.messages(stage.general) == []


@pytest.mark.parametrize("block", [CARD, _plan(CARD), _below(FEEDBACK)])
async def test_blocks_of_agents_are_refused_in_views(stage: Scene, block: Block) -> None:
    bodies = [
        await refusal(stage.client.views_publish(user_id=stage.anna, view=home(block))),
        await refusal(stage.client.views_open(trigger_id="looked at after the view", view=modal(block))),
    ]

    complaint = f"unsupported type: {block['type']} [json-pointer:/view/blocks/0/type]"
    assert [complaint in body["errors"] for body in bodies] == [True, True]
