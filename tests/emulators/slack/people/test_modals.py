"""What becomes of a modal that a person submits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, envelopes
from tests.support.emulators.views import (
    INPUT,
    SECTION,
    View,
    modal,
    next_payload,
    open_modal,
)

NOTE: View = INPUT | {"block_id": "note", "optional": True}


async def test_a_submission_brings_what_was_filled_in_and_closes_the_modal(stage: Scene) -> None:
    opened = await open_modal(stage, modal(INPUT, NOTE, callback_id="ask", private_metadata="C1"))
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        payload = await next_payload(socket)
        await stage.slack.until(lambda: stage.slack.modal(stage.anna) is None)

    view = payload["view"]
    assert (payload["type"], payload["user"]["id"]) == ("view_submission", stage.anna)
    assert (view["id"], view["callback_id"], view["private_metadata"]) == (opened["id"], "ask", "C1")
    assert view["state"]["values"] == {
        "question": {"text": {"type": "plain_text_input", "value": "why?"}},
        "note": {"text": {"type": "plain_text_input", "value": None}},
    }
    assert stage.slack.deliveries[-1].event_type == "view_submission"


async def test_an_answer_with_errors_keeps_the_modal_open_until_the_next_try(stage: Scene) -> None:
    slack = stage.slack
    await open_modal(stage, modal())
    answer = {"response_action": "errors", "errors": {"question": "Ask something."}}
    async with envelopes(stage) as socket:
        slack.submit_modal(stage.anna, {"question": {"text": "?"}})
        await next_payload(socket, answer)
        shown = await slack.until(lambda: slack.modal_errors(stage.anna))
        still_open = slack.modal(stage.anna)
        slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        cleared = slack.modal_errors(stage.anna)
        await next_payload(socket)
        await slack.until(lambda: slack.modal(stage.anna) is None)

    assert (shown, cleared) == (answer["errors"], {})
    assert still_open is not None
    assert slack.deliveries[-2].answer == answer


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "x"}},
        {"response_action": "errors"},
        {"response_action": "update", "view": {"type": "home"}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_makes_no_sense_leaves_the_modal_as_it_is(stage: Scene, answer: View) -> None:
    opened = await open_modal(stage, modal())
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await next_payload(socket, answer)
        await stage.slack.until(lambda: stage.slack.deliveries[-1].acked)

    assert stage.slack.modal(stage.anna) == opened
    assert stage.slack.modal_errors(stage.anna) == {}


async def test_an_answer_can_put_another_view_in_place_of_the_submitted_one(stage: Scene) -> None:
    opened = await open_modal(stage, modal())
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await next_payload(socket, {"response_action": "update", "view": modal(SECTION)})
        changed = await stage.slack.until(lambda: _other_than(opened, stage.slack.modal(stage.anna)))

    assert (changed["id"], stage.slack.visible_text(changed)) == (opened["id"], "*hello*")


def _other_than(opened: View, shown: View | None) -> View:
    return shown if shown is not None and shown["hash"] != opened["hash"] else {}


async def test_an_answer_after_three_seconds_is_too_late_to_close_the_modal(still: Scene) -> None:
    await open_modal(still, modal())
    async with envelopes(still) as socket:
        still.slack.submit_modal(still.anna, {"question": {"text": "why?"}})
        still.slack.clock.advance(3.1)
        await next_payload(socket)
        await still.slack.until(lambda: still.slack.deliveries[-1].acked)

    assert still.slack.modal(still.anna) is not None


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "not optional"),
        ({"question": {"text": ""}}, "not optional"),
        ({"question": {"text": "x" * 21}}, "too long"),
        ({"question": {"other": "x"}}, "only 'text'"),
        ({"other": {"text": "x"}}, "other"),
    ],
)
async def test_people_submit_only_what_the_modal_lets_them(stage: Scene, values: Any, problem: str) -> None:
    await open_modal(stage, modal())

    with pytest.raises(ValueError, match=problem):
        stage.slack.submit_modal(stage.anna, values)


async def test_without_a_modal_there_is_nothing_to_submit(stage: Scene) -> None:
    with pytest.raises(ValueError, match="no modal"):
        stage.slack.submit_modal(stage.anna, {})
