"""Buttons, menus, choices and fields: what Slack takes where, and what it refuses with a pointer."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.slack.rules.elements import number
from tests.support.emulators.elements import (
    CONFIRM,
    Element,
    beside,
    boxes,
    day,
    entry,
    menu,
    number_field,
    option,
    options,
    overflow,
    person,
    plain,
    radio,
    several,
    text_field,
)
from tests.support.emulators.posts import post, refused_post
from tests.support.emulators.scene import Scene
from tests.support.emulators.views import actions, button, home, modal, open_modal, publish

NAMES = [f"o{number}" for number in range(101)]
GROUPS = [{"label": plain("x" * 75), "options": options("a", "b")}]
LONG_OPTION = {"text": plain("x" * 75), "value": "x" * 150, "description": plain("x" * 75)}
BOLD = {"type": "mrkdwn", "text": "*b*"}
TRIGGERS = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
LONG_CONFIRM = {
    "title": plain("x" * 100),
    "text": plain("x" * 300),
    "confirm": plain("x" * 30),
    "deny": plain("x" * 30),
    "style": "danger",
}


def grouped(kind: str = "static_select", **fields: Any) -> Element:
    return {"type": kind, "action_id": "pick", "option_groups": GROUPS} | fields


RIGHT_BLOCKS = [
    actions(button("go", style="danger", confirm=LONG_CONFIRM)),
    actions(menu(*NAMES[:100], placeholder=plain("x" * 150), initial_option=option("o3"), confirm=CONFIRM)),
    actions(grouped(initial_option=option("b"))),
    actions(
        radio(*NAMES[:10]), boxes(*NAMES[:10], action_id="b"), overflow(*NAMES[:5], action_id="c"), person(), day()
    ),
    actions(menu("a") | {"options": [LONG_OPTION]}),
    actions(radio() | {"options": [{"text": BOLD, "value": "v", "description": BOLD}]}),
    actions(overflow() | {"options": [option("a", url="https://example.com/")]}),
    actions(*(button(f"b{number}") for number in range(25))),
    beside(menu("a")),
    beside(several("a", "b", "c", max_selected_items=2, initial_options=options("a", "b"))),
    beside(overflow("a")),
    beside(boxes("a", initial_options=options("a"))),
    beside(radio("a", initial_option=option("a"))),
    beside(day(initial_date="2026-02-28", placeholder=plain("When"))),
    beside(person(initial_user="U1")),
    entry(text_field(min_length=0, max_length=3_000, multiline=True, initial_value="x", placeholder=plain("x"))),
    entry(text_field(dispatch_action_config=TRIGGERS), dispatch_action=True, optional=True),
    entry(number_field(is_decimal_allowed=True, min_value="-1.5", max_value="2", initial_value="0.25")),
    *(entry(one("a")) for one in (menu, radio, boxes, several)),
    entry(grouped("multi_static_select", focus_on_load=True), hint=plain("x" * 2_000), label=plain("x" * 2_000)),
    entry(person()),
    entry(day()),
]


@pytest.mark.parametrize("block", RIGHT_BLOCKS)
async def test_what_slack_describes_is_accepted_in_messages_home_tabs_and_modals(stage: Scene, block: Element) -> None:
    await post(stage, blocks=[block])

    await publish(stage, home(block))
    await open_modal(stage, modal(block))

    assert stage.slack.messages(stage.general)[0].blocks == [block]


WRONG_BLOCKS: list[tuple[Element, str]] = [
    # Which elements may stand where.
    (actions(several("a")), "/elements/0/type"),
    (actions(text_field()), "/elements/0/type"),
    (actions(number_field()), "/elements/0/type"),
    (actions({"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}), "/elements/0/type"),
    (actions(), "/elements"),
    (actions(*(button(f"b{number}") for number in range(26))), "/elements"),
    (beside(text_field()), "/accessory/type"),
    (beside(number_field()), "/accessory/type"),
    (entry(button("go")), "/element/type"),
    (entry(overflow("a")), "/element/type"),
    # Input blocks.
    (entry(text_field(), label=plain("x" * 2_001)), "/label/text"),
    (entry(text_field(), label=BOLD), "/label/type"),
    (entry(text_field(), hint=plain("x" * 2_001)), "/hint/text"),
    (entry(text_field(), optional="yes"), "/optional"),
    (entry(text_field(), dispatch_action=1), "/dispatch_action"),
    # Confirmations.
    (actions(button("go", confirm="Sure?")), "/elements/0/confirm"),
    (actions(button("go", confirm=CONFIRM | {"title": plain("x" * 101)})), "/elements/0/confirm/title/text"),
    (actions(button("go", confirm=CONFIRM | {"text": plain("x" * 301)})), "/elements/0/confirm/text/text"),
    (actions(button("go", confirm=CONFIRM | {"text": BOLD})), "/elements/0/confirm/text/type"),
    (actions(button("go", confirm=CONFIRM | {"confirm": plain("x" * 31)})), "/elements/0/confirm/confirm/text"),
    (actions(button("go", confirm=CONFIRM | {"deny": plain("x" * 31)})), "/elements/0/confirm/deny/text"),
    (actions(button("go", confirm=CONFIRM | {"style": "bright"})), "/elements/0/confirm/style"),
    (actions(button("go", confirm=CONFIRM | {"colour": "red"})), "/elements/0/confirm"),
    (actions(button("go", confirm={"title": plain("Sure?")})), "/elements/0/confirm/deny"),
    (beside(menu("a", confirm={})), "/accessory/confirm/title"),
    # Buttons.
    (actions(button("go", url="https://example.com/" + "x" * 3_000)), "/elements/0/url"),
    (actions(button("go", accessibility_label="x" * 76)), "/elements/0/accessibility_label"),
    # Options.
    (actions(menu()), "/elements/0/options"),
    (actions(menu(*NAMES)), "/elements/0/options"),
    (actions(radio(*NAMES[:11])), "/elements/0/options"),
    (actions(boxes(*NAMES[:11])), "/elements/0/options"),
    (actions(overflow(*NAMES[:6])), "/elements/0/options"),
    (beside(several(*NAMES)), "/accessory/options"),
    (actions({"type": "static_select", "action_id": "pick"}), "/elements/0"),
    (actions(menu("a") | {"option_groups": GROUPS}), "/elements/0"),
    (actions(grouped(option_groups=[])), "/elements/0/option_groups"),
    (
        actions(grouped(option_groups=[{"label": plain("x" * 76), "options": options("a")}])),
        "/elements/0/option_groups/0/label/text",
    ),
    (actions(grouped(option_groups=[{"label": plain("x")}])), "/elements/0/option_groups/0/options"),
    (actions(grouped(option_groups=[GROUPS[0] | {"colour": "red"}])), "/elements/0/option_groups/0"),
    (actions(menu() | {"options": [option("a", text=plain("x" * 76))]}), "/elements/0/options/0/text/text"),
    (actions(menu() | {"options": [option("a", text=BOLD)]}), "/elements/0/options/0/text/type"),
    (actions(menu() | {"options": [option("x" * 151, text=plain("x"))]}), "/elements/0/options/0/value"),
    (actions(menu() | {"options": [{"text": plain("x")}]}), "/elements/0/options/0/value"),
    (
        actions(menu() | {"options": [option("a", description=plain("x" * 76))]}),
        "/elements/0/options/0/description/text",
    ),
    (actions(menu() | {"options": [option("a", url="https://example.com/")]}), "/elements/0/options/0"),
    (actions(menu() | {"options": [option("a", colour="red")]}), "/elements/0/options/0"),
    # What is chosen from the beginning.
    (actions(menu("a", initial_option=option("b"))), "/elements/0/initial_option"),
    (actions(boxes("a", initial_options=options("b"))), "/elements/0/initial_options"),
    (actions(boxes("a", initial_options=[])), "/elements/0/initial_options"),
    (beside(several("a", "b", max_selected_items=1, initial_options=options("a", "b"))), "/accessory/initial_options"),
    (beside(several("a", max_selected_items=0)), "/accessory/max_selected_items"),
    (actions(menu("a", initial_options=options("a"))), "/elements/0"),
    (actions(day(initial_date="28.2.2026")), "/elements/0/initial_date"),
    (actions(day(initial_date="2026-02-30")), "/elements/0/initial_date"),
    (actions(person(initial_user="")), "/elements/0/initial_user"),
    # Fields.
    (actions(menu("a", placeholder=plain("x" * 151))), "/elements/0/placeholder/text"),
    (actions(radio("a", placeholder=plain("x"))), "/elements/0"),
    (entry(text_field(max_length=0)), "/element/max_length"),
    (entry(text_field(min_length=-1)), "/element/min_length"),
    (entry(text_field(min_length=3_001)), "/element/min_length"),
    (entry(text_field(min_length=5, max_length=4)), "/element/min_length"),
    (entry(text_field(multiline="yes")), "/element/multiline"),
    (entry(text_field(focus_on_load="yes")), "/element/focus_on_load"),
    (entry(text_field(dispatch_action_config={})), "/element/dispatch_action_config"),
    (
        entry(text_field(dispatch_action_config={"trigger_actions_on": ["on_blur"]})),
        "/element/dispatch_action_config/trigger_actions_on/0",
    ),
    (entry({"type": "number_input", "action_id": "count"}), "/element"),
    (entry(number_field(initial_value=5)), "/element/initial_value"),
    (entry(number_field(min_value="one")), "/element/min_value"),
    (entry(number_field(min_value="1.5")), "/element/min_value"),
    (entry(number_field(min_value="2", max_value="1")), "/element/min_value"),
    (entry(number_field(max_value="10", initial_value="11")), "/element/initial_value"),
    (entry(number_field(min_length=1)), "/element"),
]


@pytest.mark.parametrize(("block", "pointer"), WRONG_BLOCKS)
async def test_a_malformed_element_is_refused_with_its_pointer(stage: Scene, block: Element, pointer: str) -> None:
    body = await refused_post(stage, blocks=[block])

    assert body["error"] == "invalid_blocks"
    assert any(f"[json-pointer:/blocks/0{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.messages(stage.general) == []


@pytest.mark.parametrize("text", ["", " 1", "1e3", "NaN", "Infinity", "0x1", "1,5", "one", None, 1])
def test_what_is_no_number_is_none(text: Any) -> None:
    assert number(text, is_decimal=True) is None


def test_a_number_has_decimals_where_these_are_allowed() -> None:
    assert number("1.5", is_decimal=False) is None
    assert str(number("1.5", is_decimal=True)) == "1.5"
    assert str(number("-2", is_decimal=False)) == "-2"
