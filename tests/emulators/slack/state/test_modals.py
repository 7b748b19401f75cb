"""Modals: what opens them, what Slack refuses, and what becomes of them when they are submitted."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.emulators.scene import Scene, connected, envelopes, refusal
from tests.support.emulators.view_samples import INPUT, SECTION, View, home, modal, next_payload

NOTE: View = INPUT | {"block_id": "note", "optional": True}
TOO_LONG: View = {"max_length": 3_001}
TOO_FULL: View = {"initial_value": "x" * 21}


async def _trigger(stage: Scene) -> str:
    async with envelopes(stage) as socket:
        stage.slack.run_command(stage.anna, stage.general, "/agent")
        return str((await socket.receive_json(timeout=5))["payload"]["trigger_id"])


async def _open(stage: Scene, view: View) -> dict[str, Any]:
    answer = await stage.client.views_open(trigger_id=await _trigger(stage), view=view)
    opened: dict[str, Any] = answer["view"]
    return opened


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
    body = await refusal(stage.client.views_open(trigger_id=await _trigger(stage), view=view))

    assert body["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert stage.slack.modal(stage.anna) is None


async def test_a_trigger_opens_one_modal_and_a_refused_view_does_not_use_it_up(stage: Scene) -> None:
    trigger = await _trigger(stage)
    await refusal(stage.client.views_open(trigger_id=trigger, view=home()))

    opened = (await stage.client.views_open(trigger_id=trigger, view=modal()))["view"]
    again = await refusal(stage.client.views_open(trigger_id=trigger, view=modal()))
    unknown = await refusal(stage.client.views_open(trigger_id="1.2.x", view=modal()))
    without = await refusal(stage.client.api_call("views.open", json={"view": modal()}))

    assert stage.slack.modal(stage.anna) == opened
    assert [body["error"] for body in (again, unknown, without)] == [
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "invalid_arguments",
    ]


async def test_a_trigger_is_good_for_three_seconds(still: Scene) -> None:
    first, second = await _trigger(still), await _trigger(still)

    still.slack.clock.advance(3.0)
    await still.client.views_open(trigger_id=first, view=modal())
    still.slack.clock.advance(0.1)
    late = await refusal(still.client.views_open(trigger_id=second, view=modal()))

    assert late["error"] == "expired_trigger_id"


async def test_a_modal_can_be_updated_while_it_is_open(stage: Scene) -> None:
    opened = await _open(stage, modal(external_id="mine"))

    changed = (await stage.client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(SECTION)))["view"]
    stale = await refusal(stage.client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal()))
    gone = await refusal(stage.client.views_update(external_id="mine", view=modal()))
    neither = await refusal(stage.client.api_call("views.update", json={"view": modal()}))

    assert stage.slack.modal(stage.anna) == changed
    assert (changed["id"], stage.slack.visible_text(changed)) == (opened["id"], "*hello*")
    assert [body["error"] for body in (stale, gone, neither)] == ["hash_conflict", "not_found", "invalid_arguments"]


async def test_external_ids_are_unique(stage: Scene) -> None:
    await stage.client.views_publish(user_id=stage.anna, view=home(external_id="mine"))
    await stage.client.views_publish(user_id=stage.anna, view=home(external_id="mine"))

    body = await refusal(stage.client.views_open(trigger_id=await _trigger(stage), view=modal(external_id="mine")))

    assert body["error"] == "duplicate_external_id"


async def test_a_submission_brings_what_was_filled_in_and_closes_the_modal(stage: Scene) -> None:
    opened = await _open(stage, modal(INPUT, NOTE, callback_id="ask", private_metadata="C1"))
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
    await _open(stage, modal())
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
    opened = await _open(stage, modal())
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await next_payload(socket, answer)
        await stage.slack.until(lambda: stage.slack.deliveries[-1].acked)

    assert stage.slack.modal(stage.anna) == opened
    assert stage.slack.modal_errors(stage.anna) == {}


async def test_an_answer_can_put_another_view_in_place_of_the_submitted_one(stage: Scene) -> None:
    opened = await _open(stage, modal())
    async with envelopes(stage) as socket:
        stage.slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await next_payload(socket, {"response_action": "update", "view": modal(SECTION)})
        changed = await stage.slack.until(lambda: _other_than(opened, stage.slack.modal(stage.anna)))

    assert (changed["id"], stage.slack.visible_text(changed)) == (opened["id"], "*hello*")


def _other_than(opened: View, shown: View | None) -> View:
    return shown if shown is not None and shown["hash"] != opened["hash"] else {}


async def test_an_answer_after_three_seconds_is_too_late_to_close_the_modal(still: Scene) -> None:
    await _open(still, modal())
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
    await _open(stage, modal())

    with pytest.raises(ValueError, match=problem):
        stage.slack.submit_modal(stage.anna, values)


async def test_without_a_modal_there_is_nothing_to_submit(stage: Scene) -> None:
    with pytest.raises(ValueError, match="no modal"):
        stage.slack.submit_modal(stage.anna, {})


async def test_a_bolt_app_opens_a_modal_at_a_shortcut_and_answers_its_submission(stage: Scene) -> None:
    slack = stage.slack
    app = AsyncApp(client=stage.client, process_before_response=True)

    async def ask(ack: AsyncAck, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(callback_id="ask"))

    async def answer(ack: AsyncAck, view: dict[str, Any]) -> None:
        if view["state"]["values"]["question"]["text"]["value"] == "?":
            await ack(response_action="errors", errors={"question": "Ask something."})
        else:
            await ack()

    app.shortcut("ask_about_message")(ask)
    app.view("ask")(answer)
    slack.revoke("channels:history")  # no message events, for which this app has no listener
    ts = slack.say(stage.anna, stage.general, "hello")
    async with connected(slack, app):
        slack.use_shortcut(stage.anna, stage.general, ts, "ask_about_message")
        await slack.until(lambda: slack.modal(stage.anna))
        slack.submit_modal(stage.anna, {"question": {"text": "?"}})
        errors = await slack.until(lambda: slack.modal_errors(stage.anna))
        slack.submit_modal(stage.anna, {"question": {"text": "why?"}})
        await slack.until(lambda: slack.modal(stage.anna) is None)

    assert errors == {"question": "Ask something."}
