"""Slack refuses what no such block has: unknown elements, extra properties, the same action twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.posts import post, refused_post, section
from tests.support.emulators.scene import Scene
from tests.support.emulators.views import actions, button

TEXT = {"type": "plain_text", "text": "x"}
EXTRA = "invalid additional property: colour"


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        (section("x") | {"colour": "red"}, ""),
        ({"type": "divider", "colour": "red"}, ""),
        ({"type": "section", "text": TEXT | {"colour": "red"}}, "/text"),
        ({"type": "section", "fields": [TEXT | {"colour": "red"}]}, "/fields/0"),
        ({"type": "context", "elements": [TEXT | {"colour": "red"}]}, "/elements/0"),
        (actions(button("go", colour="red")), "/elements/0"),
        (actions(button("go") | {"text": TEXT | {"colour": "red"}}), "/elements/0/text"),
        ({"type": "section", "text": TEXT, "accessory": button("go", colour="red")}, "/accessory"),
    ],
)
async def test_an_extra_property_is_named_with_its_place(stage: Scene, block: Any, pointer: str) -> None:
    body = await refused_post(stage, blocks=[block])

    assert body["errors"] == [f"{EXTRA} [json-pointer:/blocks/0{pointer}]"]


@pytest.mark.parametrize("block", [actions({"type": "slider"}), {"type": "context", "elements": [{"type": "button"}]}])
async def test_an_unknown_element_is_refused(stage: Scene, block: Any) -> None:
    assert (await refused_post(stage, blocks=[block]))["error"] == "invalid_blocks"


async def test_two_elements_of_a_block_need_two_actions_and_those_of_two_blocks_do_not(stage: Scene) -> None:
    await post(stage, blocks=[actions(button("go")), actions(button("go"))])

    body = await refused_post(stage, blocks=[actions(button("go"), button("go"))])

    assert body["errors"] == ["`action_id` must be unique: go [json-pointer:/blocks/0/elements/1/action_id]"]
