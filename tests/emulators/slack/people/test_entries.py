"""Choosing and writing in messages: what reaches the app, and what Slack's clients let nobody enter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.emulators.elements import (
    CONFIRM,
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
from tests.support.emulators.posts import post
from tests.support.emulators.scene import Scene, envelopes, next_frame
from tests.support.emulators.views import View, actions, button

SEND = actions(button("send", value="run-1"), block_id="end")


async def told(stage: Scene, act: Callable[[], None]) -> View:
    """The payload that reaches the app when a person does this."""
    async with envelopes(stage) as socket:
        act()
        payload: View = (await next_frame(socket))["payload"]
        return payload


def choosing(stage: Scene, ts: str, action_id: str, *values: str, **options: Any) -> Callable[[], None]:
    return lambda: stage.slack.choose(stage.anna, stage.general, ts, action_id, *values, **options)


def sending(stage: Scene, ts: str) -> Callable[[], None]:
    return lambda: stage.slack.press_button(stage.anna, stage.general, ts, "send")


@pytest.mark.parametrize(
    ("block", "values", "said"),
    [
        (actions(menu("a", "b", placeholder=plain("Pick"))), ["b"], {"selected_option": option("b")}),
        (actions(radio("a", "b")), ["a"], {"selected_option": option("a")}),
        (actions(boxes("a", "b", "c")), ["c", "a"], {"selected_options": options("a", "c")}),
        (actions(boxes("a", initial_options=options("a"))), [], {"selected_options": []}),
        (beside(several("a", "b")), ["b"], {"selected_options": options("b")}),
        (actions(day(action_id="pick")), ["2026-12-24"], {"selected_date": "2026-12-24"}),
    ],
)
async def test_a_choice_arrives_as_block_actions_and_stays_in_the_state(
    quiet: Scene, block: View, values: list[str], said: View
) -> None:
    ts = await post(quiet, blocks=[block | {"block_id": "b"}, SEND])

    payload = await told(quiet, choosing(quiet, ts, "pick", *values))
    later = await told(quiet, sending(quiet, ts))

    action, kind = payload["actions"][0], block.get("accessory") or block["elements"][0]
    assert (payload["type"], action["type"], action["block_id"]) == ("block_actions", kind["type"], "b")
    assert {name: action[name] for name in said} == said
    assert action.get("placeholder") == kind.get("placeholder")
    assert payload["state"]["values"] == {"b": {"pick": {"type": kind["type"], **said}}}
    assert later["state"] == payload["state"]


async def test_a_person_is_chosen_by_their_id(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[actions(person(), block_id="b")])

    payload = await told(quiet, choosing(quiet, ts, "who", quiet.anna))

    assert payload["actions"][0]["selected_user"] == quiet.anna
    assert payload["state"]["values"] == {"b": {"who": {"type": "users_select", "selected_user": quiet.anna}}}


async def test_an_overflow_menu_tells_what_was_chosen_and_keeps_nothing(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[beside(overflow("edit", "delete"))])

    payload = await told(quiet, choosing(quiet, ts, "pick", "delete"))

    assert payload["actions"][0]["selected_option"] == option("delete")
    assert payload["state"]["values"] == {}


async def test_what_is_entered_in_input_blocks_comes_with_the_next_button(quiet: Scene) -> None:
    blocks = [entry(text_field()), entry(number_field(), block_id="n"), entry(radio("a", "b"), block_id="r"), SEND]
    ts = await post(quiet, blocks=blocks)

    untouched = await told(quiet, sending(quiet, ts))
    quiet.slack.fill_in(quiet.anna, quiet.general, ts, "write", "hello")
    quiet.slack.fill_in(quiet.anna, quiet.general, ts, "count", "5")
    quiet.slack.choose(quiet.anna, quiet.general, ts, "pick", "b")
    before = len(quiet.slack.deliveries)
    payload = await told(quiet, sending(quiet, ts))

    assert untouched["state"]["values"] == {
        "asked": {"write": {"type": "plain_text_input", "value": None}},
        "n": {"count": {"type": "number_input", "value": None}},
        "r": {"pick": {"type": "radio_buttons", "selected_option": None}},
    }
    assert payload["state"]["values"] == {
        "asked": {"write": {"type": "plain_text_input", "value": "hello"}},
        "n": {"count": {"type": "number_input", "value": "5"}},
        "r": {"pick": {"type": "radio_buttons", "selected_option": option("b")}},
    }
    assert len(quiet.slack.deliveries) == before + 1


async def test_an_input_block_that_dispatches_tells_at_once_and_a_text_when_enter_is_pressed(quiet: Scene) -> None:
    blocks = [entry(text_field(), dispatch_action=True), entry(menu("a"), block_id="m", dispatch_action=True)]
    ts = await post(quiet, blocks=blocks)
    fill_in = quiet.slack.fill_in

    fill_in(quiet.anna, quiet.general, ts, "write", "hel", presses_enter=False)
    nothing = list(quiet.slack.deliveries)
    written = await told(quiet, lambda: fill_in(quiet.anna, quiet.general, ts, "write", "hello"))
    chosen = await told(quiet, choosing(quiet, ts, "pick", "a"))

    assert nothing == []
    action = written["actions"][0]
    assert (action["type"], action["block_id"], action["value"]) == ("plain_text_input", "asked", "hello")
    assert set(action) == {"type", "block_id", "action_id", "value", "action_ts"}
    assert chosen["state"]["values"]["asked"]["write"]["value"] == "hello"


async def test_a_field_that_dispatches_each_character_needs_no_enter(quiet: Scene) -> None:
    each = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    ts = await post(quiet, blocks=[entry(text_field(**each), dispatch_action=True)])
    fill_in = quiet.slack.fill_in

    payload = await told(quiet, lambda: fill_in(quiet.anna, quiet.general, ts, "write", "h", presses_enter=False))

    assert payload["actions"][0]["value"] == "h"


async def test_entries_are_those_of_one_person_in_one_message(quiet: Scene) -> None:
    ben = quiet.slack.add_user("ben")
    quiet.slack.join(ben, quiet.general)
    blocks = [entry(text_field(initial_value="draft")), SEND]
    ts, other = await post(quiet, blocks=blocks), await post(quiet, blocks=blocks)
    quiet.slack.fill_in(quiet.anna, quiet.general, ts, "write", "mine")

    payloads = [
        await told(quiet, lambda: quiet.slack.press_button(ben, quiet.general, ts, "send")),
        await told(quiet, sending(quiet, other)),
        await told(quiet, sending(quiet, ts)),
    ]

    assert [one["state"]["values"]["asked"]["write"]["value"] for one in payloads] == ["draft", "draft", "mine"]


async def test_an_entry_outlives_an_update_that_keeps_the_ids_and_no_other(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[entry(text_field()), entry(menu("a", "b"), block_id="m"), SEND])
    quiet.slack.fill_in(quiet.anna, quiet.general, ts, "write", "kept")
    quiet.slack.choose(quiet.anna, quiet.general, ts, "pick", "b")

    async def update(*blocks: View) -> View:
        await quiet.client.chat_update(channel=quiet.general, ts=ts, text="x", blocks=[*blocks, SEND])
        payload = await told(quiet, sending(quiet, ts))
        values: View = payload["state"]["values"]
        return values

    same = await update(entry(text_field()), entry(menu("a"), block_id="m"))
    renamed = await update(entry(text_field(), block_id="new"))

    assert same["asked"]["write"]["value"] == "kept"
    assert same["m"]["pick"]["selected_option"] is None
    assert renamed == {"new": {"write": {"type": "plain_text_input", "value": None}}}


async def test_a_person_who_does_not_confirm_sends_nothing(quiet: Scene) -> None:
    asks = actions(button("send", confirm=CONFIRM, style="danger"), menu("a", confirm=CONFIRM), block_id="end")
    ts = await post(quiet, blocks=[asks])

    quiet.slack.press_button(quiet.anna, quiet.general, ts, "send", confirms=False)
    quiet.slack.choose(quiet.anna, quiet.general, ts, "pick", "a", confirms=False)
    payload = await told(quiet, sending(quiet, ts))

    assert len(quiet.slack.deliveries) == 1
    assert (payload["actions"][0]["style"], payload["actions"][0]["confirm"]) == ("danger", CONFIRM)
    assert payload["state"]["values"]["end"]["pick"]["selected_option"] is None


async def test_nobody_is_asked_where_no_confirmation_is(quiet: Scene) -> None:
    ts = await post(quiet, blocks=[SEND, actions(menu("a"))])

    with pytest.raises(ValueError, match="no confirmation"):
        quiet.slack.press_button(quiet.anna, quiet.general, ts, "send", confirms=False)
    with pytest.raises(ValueError, match="no confirmation"):
        quiet.slack.choose(quiet.anna, quiet.general, ts, "pick", "a", confirms=False)


async def test_elements_with_one_action_id_are_told_apart_by_their_blocks(quiet: Scene) -> None:
    blocks = [actions(menu("a"), button("go"), block_id="one"), actions(menu("a"), button("go"), block_id="two")]
    ts = await post(quiet, blocks=blocks)
    press = quiet.slack.press_button

    chosen = await told(quiet, choosing(quiet, ts, "pick", "a", block_id="two"))
    went = await told(quiet, lambda: press(quiet.anna, quiet.general, ts, "go", block_id="two"))

    assert [one["actions"][0]["block_id"] for one in (chosen, went)] == ["two", "two"]
    assert chosen["state"]["values"]["one"]["pick"]["selected_option"] is None


@pytest.mark.parametrize(
    ("block", "values", "problem"),
    [
        (actions(menu("a")), ["b"], "does not offer 'b'"),
        (actions(menu("a", "b")), ["a", "b"], "one thing alone"),
        (actions(menu("a")), [], "nothing is chosen"),
        (actions(boxes("a")), ["a", "b"], "does not offer 'b'"),
        (beside(several("a", "b", max_selected_items=1)), ["a", "b"], "no more than 1"),
        (actions(person(action_id="pick")), ["U-nobody"], "nobody"),
        (actions(day(action_id="pick")), ["2026-02-30"], "no day"),
        (actions(button("pick")), ["a"], "nothing to choose in"),
        (entry(text_field(action_id="pick")), ["a"], "nothing to choose in"),
        (actions(menu("a", action_id="other")), ["a"], "nothing to choose in"),
    ],
)
async def test_people_choose_only_what_is_offered(quiet: Scene, block: View, values: list[str], problem: str) -> None:
    ts = await post(quiet, blocks=[block])

    with pytest.raises(ValueError, match=problem):
        quiet.slack.choose(quiet.anna, quiet.general, ts, "pick", *values)
    assert quiet.slack.deliveries == []


@pytest.mark.parametrize(
    ("element", "text", "problem"),
    [
        (text_field(max_length=3), "four", "too long"),
        (number_field(action_id="write"), "four", "no number"),
        (number_field(action_id="write"), "4.5", "no number"),
        (menu("a", action_id="write"), "a", "no field"),
    ],
)
async def test_people_write_only_what_the_field_takes(quiet: Scene, element: View, text: str, problem: str) -> None:
    ts = await post(quiet, blocks=[entry(element)])

    with pytest.raises(ValueError, match=problem):
        quiet.slack.fill_in(quiet.anna, quiet.general, ts, "write", text)


async def test_what_cannot_be_seen_cannot_be_filled_in(quiet: Scene) -> None:
    ben = quiet.slack.add_user("ben")
    secret = quiet.slack.add_channel("secret", members=[quiet.anna], is_private=True)
    blocks = [entry(text_field()), actions(menu("a"))]
    ts = str((await quiet.client.chat_postMessage(channel=secret, text="x", blocks=blocks))["ts"])

    with pytest.raises(ValueError, match="not a member"):
        quiet.slack.fill_in(ben, secret, ts, "write", "x")
    with pytest.raises(ValueError, match="not a member"):
        quiet.slack.choose(ben, secret, ts, "pick", "a")


async def test_menus_choices_and_fields_can_be_read(quiet: Scene) -> None:
    await post(quiet, blocks=[actions(menu("a", placeholder=plain("Pick"))), entry(radio("yes", "no"))])

    assert quiet.slack.visible_text(quiet.slack.messages(quiet.general)[0]) == "[Pick]\nLabel: [Yes] [No]"
