"""Modals with more than texts: what is submitted, what lies on what, and what the app hears when they are closed."""

from __future__ import annotations

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
    person,
    radio,
    several,
    text_field,
)
from tests.support.emulators.scene import Scene, envelopes, refusal
from tests.support.emulators.views import (
    SECTION,
    View,
    actions,
    button,
    home,
    modal,
    next_payload,
    open_modal,
    publish,
    trigger,
)

FORM = [
    entry(text_field(), block_id="text"),
    entry(number_field(is_decimal_allowed=True), block_id="number"),
    entry(menu("a", "b"), block_id="menu"),
    entry(radio("a", "b"), block_id="radio"),
    entry(boxes("a", "b", "c"), block_id="boxes"),
    entry(several("a", "b", "c"), block_id="several"),
    entry(person(), block_id="person"),
    entry(day(), block_id="day"),
]


async def test_each_kind_of_element_has_its_own_shape_in_a_submission(stage: Scene) -> None:
    await open_modal(stage, modal(*FORM))
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(
            stage.anna,
            {
                "text": {"write": "why?"},
                "number": {"count": "1.5"},
                "menu": {"pick": "b"},
                "radio": {"pick": "a"},
                "boxes": {"pick": ["c", "a"]},
                "several": {"pick": ["b"]},
                "person": {"who": stage.anna},
                "day": {"when": "2026-12-24"},
            },
        )
        values = (await next_payload(socket))["view"]["state"]["values"]

    assert values == {
        "text": {"write": {"type": "plain_text_input", "value": "why?"}},
        "number": {"count": {"type": "number_input", "value": "1.5"}},
        "menu": {"pick": {"type": "static_select", "selected_option": option("b")}},
        "radio": {"pick": {"type": "radio_buttons", "selected_option": option("a")}},
        "boxes": {"pick": {"type": "checkboxes", "selected_options": options("a", "c")}},
        "several": {"pick": {"type": "multi_static_select", "selected_options": options("b")}},
        "person": {"who": {"type": "users_select", "selected_user": stage.anna}},
        "day": {"when": {"type": "datepicker", "selected_date": "2026-12-24"}},
    }


async def test_what_is_filled_in_from_the_beginning_is_submitted_unless_it_is_changed(stage: Scene) -> None:
    first = entry(menu("a", "b", initial_option=option("a")), block_id="first")
    second = entry(boxes("a", "b", initial_options=options("a", "b")), block_id="second")
    await open_modal(stage, modal(first, second, entry(number_field(initial_value="3"), block_id="third")))
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"second": {"pick": ["b"]}})
        values = (await next_payload(socket))["view"]["state"]["values"]

    assert values["first"]["pick"]["selected_option"] == option("a")
    assert values["second"]["pick"]["selected_options"] == options("b")
    assert values["third"]["count"]["value"] == "3"


@pytest.mark.parametrize(
    ("block", "entered", "problem"),
    [
        *((one, None, "not optional") for one in FORM),
        (entry(boxes("a", initial_options=options("a"))), {"pick": []}, "not optional"),
        (entry(text_field(min_length=3)), {"write": "ab"}, "too short"),
        (entry(text_field(max_length=3)), {"write": "abcd"}, "too long"),
        (entry(number_field()), {"count": "many"}, "no number"),
        (entry(number_field()), {"count": "1.5"}, "no number"),
        (entry(number_field(min_value="2")), {"count": "1"}, "out of range"),
        (entry(number_field(max_value="2")), {"count": "3"}, "out of range"),
        (entry(number_field(min_value="2"), optional=True), {"count": "-1"}, "out of range"),
        (entry(menu("a")), {"pick": "b"}, "does not offer"),
        (entry(several("a", "b", max_selected_items=1)), {"pick": ["a", "b"]}, "no more than 1"),
        (entry(day()), {"when": "tomorrow"}, "no day"),
    ],
)
async def test_slacks_client_submits_nothing_that_is_wrong(
    stage: Scene, block: View, entered: View | None, problem: str
) -> None:
    await open_modal(stage, modal(block))
    before = len(stage.slack.deliveries)

    with pytest.raises(ValueError, match=problem):
        stage.slack.submit_modal(stage.anna, {} if entered is None else {block["block_id"]: entered})
    assert len(stage.slack.deliveries) == before


async def test_optional_elements_may_be_left_empty(stage: Scene) -> None:
    await open_modal(stage, modal(*(one | {"optional": True} for one in FORM)))
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {})
        values = (await next_payload(socket))["view"]["state"]["values"]

    said = [content for block in values.values() for state in block.values() for content in [*state.values()][1:]]
    assert said == [None, None, None, None, [], [], None, None]


async def test_choices_and_buttons_in_a_modal_bring_the_view_with_all_that_was_entered(stage: Scene) -> None:
    blocks = [beside(menu("a", "b")), entry(text_field(), dispatch_action=True), actions(button("go", confirm=CONFIRM))]
    opened = await open_modal(stage, modal(*blocks))
    slack = stage.slack
    async with envelopes(stage) as socket:
        slack.choose_in_modal(stage.anna, "pick", "b")
        slack.fill_in_modal(stage.anna, "write", "hello")
        slack.press_modal_button(stage.anna, "go", confirms=False)
        slack.press_modal_button(stage.anna, "go")
        chosen, written, pressed = [await next_payload(socket) for _ in range(3)]

    assert chosen["container"] == {"type": "view", "view_id": opened["id"]}
    assert chosen["actions"][0]["selected_option"] == option("b")
    assert written["actions"][0]["value"] == "hello"
    assert pressed["actions"][0]["action_id"] == "go"
    assert pressed["view"]["state"]["values"] == {
        "side": {"pick": {"type": "static_select", "selected_option": option("b")}},
        "asked": {"write": {"type": "plain_text_input", "value": "hello"}},
    }


async def test_a_choice_in_a_home_tab_comes_with_the_view(quiet: Scene) -> None:
    published = await publish(quiet, home(beside(menu("a", "b"))))
    async with envelopes(quiet) as socket:
        quiet.slack.choose_in_home(quiet.anna, "pick", "b")
        payload = await next_payload(socket)

    assert payload["view"]["id"] == published["id"]
    assert payload["view"]["state"]["values"]["side"]["pick"]["selected_option"] == option("b")
    with pytest.raises(ValueError, match="nothing to fill in"):
        quiet.slack.choose_in_home(quiet.anna, "other", "b")


async def test_an_update_keeps_what_was_entered_where_the_ids_stay(stage: Scene) -> None:
    opened = await open_modal(stage, modal(entry(text_field())))
    stage.slack.fill_in_modal(stage.anna, "write", "kept")

    updated = (await stage.client.views_update(view_id=opened["id"], view=modal(entry(text_field()), *FORM[2:3])))[
        "view"
    ]
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"menu": {"pick": "a"}})
        values = (await next_payload(socket))["view"]["state"]["values"]

    assert (updated["id"], updated["hash"] != opened["hash"]) == (opened["id"], True)
    assert values["asked"]["write"]["value"] == "kept"


async def test_a_view_lies_on_another_until_it_is_closed(stage: Scene) -> None:
    first = await open_modal(stage, modal(actions(button("more"))))
    second = await _pushed(stage, modal(entry(text_field()), callback_id="second"))

    shown = stage.slack.modal(stage.anna)
    stage.slack.close_modal(stage.anna)

    assert shown == second
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert stage.slack.modal(stage.anna) == first
    stage.slack.close_modal(stage.anna)
    assert stage.slack.modal(stage.anna) is None


async def test_three_views_lie_on_each_other_at_most(stage: Scene) -> None:
    await open_modal(stage, modal(actions(button("more"))))
    for _ in range(2):
        await _pushed(stage, modal(actions(button("more"))))

    body = await refusal(_push(stage, await _trigger_in_modal(stage), modal()))

    assert body["error"] == "push_limit_reached"


async def test_a_view_is_pushed_onto_a_modal_that_is_open(stage: Scene) -> None:
    nothing = await refusal(_push(stage, await trigger(stage), modal()))
    without = await refusal(stage.client.api_call("views.push", json={"view": modal()}))

    assert (nothing["error"], without["error"]) == ("not_found", "invalid_arguments")


@pytest.mark.parametrize("action", ["push", "update"])
async def test_an_answer_can_lay_a_view_on_the_submitted_one_or_change_it(stage: Scene, action: str) -> None:
    first = await open_modal(stage, modal())
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await next_payload(socket, {"response_action": action, "view": modal(SECTION, callback_id="next")})
        shown = await stage.slack.until(lambda: _called(stage, "next"))
    stage.slack.close_modal(stage.anna)

    assert (shown["id"] == first["id"]) == (action == "update")
    assert stage.slack.modal(stage.anna) == (first if action == "push" else None)


@pytest.mark.parametrize("answer", [None, {"response_action": "clear"}])
async def test_an_empty_answer_closes_one_view_and_clear_closes_all(stage: Scene, answer: Any) -> None:
    first = await open_modal(stage, modal(actions(button("more"))))
    await _pushed(stage, modal(entry(text_field())))
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"asked": {"write": "x"}})
        await next_payload(socket, answer)
        await stage.slack.until(lambda: stage.slack.modal(stage.anna) == (None if answer else first))

    assert stage.slack.deliveries[-1].event_type == "view_submission"


async def test_the_app_hears_of_closed_views_where_it_asked_to(stage: Scene) -> None:
    await open_modal(stage, modal(actions(button("more")), notify_on_close=True, private_metadata="first"))
    await _pushed(stage, modal(entry(text_field()), notify_on_close=True, private_metadata="second"))
    stage.slack.fill_in_modal(stage.anna, "write", "never sent")
    async with envelopes(stage) as socket:
        stage.slack.close_modal(stage.anna)
        one = await next_payload(socket)
        stage.slack.close_modal(stage.anna)
        other = await next_payload(socket)

    assert [one["view"]["private_metadata"], other["view"]["private_metadata"]] == ["second", "first"]
    assert (one["type"], one["is_cleared"], one["user"]["id"]) == ("view_closed", False, stage.anna)
    assert one["view"]["state"] == {"values": {}}
    assert "trigger_id" not in one


@pytest.mark.parametrize(("fields", "options"), [({}, {"with_all_below": True}), ({"clear_on_close": True}, {})])
async def test_a_whole_modal_can_be_closed_at_once(stage: Scene, fields: Any, options: Any) -> None:
    await open_modal(stage, modal(actions(button("more")), notify_on_close=True, private_metadata="first"))
    await _pushed(stage, modal(notify_on_close=True, private_metadata="second", **fields))
    async with envelopes(stage) as socket:
        stage.slack.close_modal(stage.anna, **options)
        payloads = [await next_payload(socket) for _ in range(2)]

    told = [(one["view"]["private_metadata"], one["is_cleared"]) for one in payloads]
    assert told == [("second", True), ("first", True)]
    assert stage.slack.modal(stage.anna) is None


async def test_a_view_that_did_not_ask_is_closed_without_a_word(stage: Scene) -> None:
    await open_modal(stage, modal())
    before = len(stage.slack.deliveries)

    stage.slack.close_modal(stage.anna)

    assert len(stage.slack.deliveries) == before
    with pytest.raises(ValueError, match="no modal"):
        stage.slack.close_modal(stage.anna)


async def test_a_modal_that_waits_for_the_app_cannot_be_submitted(stage: Scene) -> None:
    await open_modal(stage, modal(submit_disabled=True))

    with pytest.raises(ValueError, match="cannot be submitted yet"):
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})


async def _trigger_in_modal(stage: Scene) -> str:
    async with envelopes(stage) as socket:
        stage.slack.press_modal_button(stage.anna, "more")
        return str((await next_payload(socket))["trigger_id"])


def _push(stage: Scene, trigger_id: str, view: View) -> Any:
    return stage.client.views_push(trigger_id=trigger_id, view=view)


async def _pushed(stage: Scene, view: View) -> View:
    pushed: View = (await _push(stage, await _trigger_in_modal(stage), view))["view"]
    return pushed


def _called(stage: Scene, callback_id: str) -> View:
    shown = stage.slack.modal(stage.anna) or {}
    return shown if shown.get("callback_id") == callback_id else {}
