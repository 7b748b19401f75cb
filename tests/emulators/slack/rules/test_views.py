"""What Slack refuses in Home tabs and modals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, refusal
from tests.support.emulators.views import (
    INPUT,
    SECTION,
    TEXT,
    View,
    home,
    modal,
    publish,
    refused_publish,
    trigger,
)


async def test_a_home_tab_has_100_blocks_and_250_kilobytes_at_most(stage: Scene) -> None:
    long = SECTION | {"text": {"type": "mrkdwn", "text": "ä" * 2_000}}
    await publish(stage, home(*[SECTION] * 100))

    blocks = await refused_publish(stage, home(*[SECTION] * 101))
    large = await refused_publish(stage, home(*[long] * 63))

    assert blocks["errors"] == ["no more than 100 items allowed [json-pointer:/view/blocks]"]
    assert large["error"] == "view_too_large"


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ([], "/view"),
        (modal(), "/view/type"),
        ({"type": "home"}, "/view/blocks"),
        (home(title=TEXT), "/view"),
        (home(private_metadata="x" * 3_001), "/view/private_metadata"),
        (home(callback_id="x" * 256), "/view/callback_id"),
        (home(callback_id=5), "/view/callback_id"),
        (home({"type": "section"}), "/view/blocks/0"),
        (home({"type": "plan", "title": "x"}), "/view/blocks/0/type"),
        (home({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
        (home({"type": "divider", "block_id": "x"}, {"type": "divider", "block_id": "x"}), "/view/blocks/1/block_id"),
    ],
)
async def test_a_malformed_home_tab_is_refused_with_its_pointer(stage: Scene, view: Any, pointer: str) -> None:
    body = await refused_publish(stage, view)

    assert body["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.home(stage.anna) is None


TOO_LONG: View = {"max_length": 3_001}

TOO_FULL: View = {"initial_value": "x" * 21}


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (home(), "/view/type"),
        (modal(title=None), "/view/title"),
        (modal(title={"type": "mrkdwn", "text": "Ask"}), "/view/title/type"),
        (modal(title={"type": "plain_text", "text": "x" * 25}), "/view/title/text"),
        (modal(close={"type": "plain_text", "text": "x" * 25}), "/view/close/text"),
        (modal(submit=None), "/view"),
        (modal(submit={"type": "plain_text", "text": ""}), "/view/submit/text"),
        (modal(colour="red"), "/view"),
        (modal(INPUT | {"label": None}), "/view/blocks/0/label"),
        (modal(INPUT | {"hint": {"type": "mrkdwn", "text": "x"}}), "/view/blocks/0/hint/type"),
        (modal(INPUT | {"element": None}), "/view/blocks/0"),
        (modal(INPUT | {"element": {"type": "text"}}), "/view/blocks/0/element/type"),
        (modal(INPUT | {"element": INPUT["element"] | TOO_LONG}), "/view/blocks/0/element/max_length"),
        (modal(INPUT | {"element": INPUT["element"] | TOO_FULL}), "/view/blocks/0/element/initial_value"),
    ],
)
async def test_a_malformed_modal_is_refused_with_its_pointer(stage: Scene, view: View, pointer: str) -> None:
    body = await refusal(stage.client.views_open(trigger_id=await trigger(stage), view=view))

    assert body["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.modal(stage.anna) is None
