"""The forms behind a card: a reason for a Cancel, and other values for a call."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.questions import EDIT_BUTTON, REJECT_BUTTON
from slackbot.listeners.questions import NO_SUCH_FORM
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import KEYBOARD, PRINTER, asked, filed, results


def rows(view: dict[str, Any]) -> str:
    return str(view["blocks"])


async def form_is_closed(stage: Stage, user: str) -> None:
    await stage.slack.until(lambda: stage.slack.modal(user) is None)


async def test_a_cancel_with_a_reason_reaches_the_thread_and_the_model(stage: Stage) -> None:
    card = await asked(stage, "Then not.", hears="not today")

    await card.cancel(stage.anna, "not today")

    assert (await stage.answered(card.ts, times=2))[-1] == "Then not."
    await form_is_closed(stage, stage.anna)
    (outcome,) = await card.settled("Rejected by @anna. I won't do it.")
    assert outcome.endswith("Reason: not today")
    (told,) = results(stage)
    assert (told["outcome"], told["reason"], told["by"]) == ("rejected", "not today", "anna")
    assert stage.world.calls_to("helpdesk") == []


async def test_a_cancel_needs_no_reason(stage: Stage) -> None:
    card = await asked(stage, "Then not.")

    await card.cancel(stage.anna)

    assert (await stage.answered(card.ts, times=2))[-1] == "Then not."
    (outcome,) = await card.settled("Rejected by @anna. I won't do it.")
    assert "Reason" not in outcome
    assert "reason" not in results(stage)[0]


async def test_a_cancel_that_is_not_sent_leaves_the_question_open(stage: Stage) -> None:
    card = await asked(stage)
    card.press(stage.anna, REJECT_BUTTON)
    await stage.slack.until(lambda: stage.slack.modal(stage.anna))

    stage.slack.close_modal(stage.anna)
    card.press(stage.anna)

    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_an_edited_ticket_is_filed_as_edited_and_the_card_and_the_model_say_so(stage: Stage) -> None:
    card = await asked(stage, "Filed as you wanted.", hears="Scanner")
    view = await card.open_form(stage.anna)
    assert "It is broken." in rows(view)
    assert view["submit"]["text"] == "File Ticket"

    card.send_form(stage.anna, title="Scanner", queue="office")

    assert (await stage.answered(card.ts, times=2))[-1] == "Filed as you wanted."
    await form_is_closed(stage, stage.anna)
    (ticket,) = stage.world.tickets
    assert (ticket.title, ticket.description, ticket.queue, ticket.priority) == (
        "Scanner",
        "It is broken.",
        "office",
        "normal",
    )
    await card.settled("as edited")
    assert "title: Scanner" in card.text
    assert "edited by a person" in card.text
    assert "Printer" not in card.text
    (told,) = results(stage)
    assert (told["edited"]["title"], told["edited"]["queue"]) == ("Scanner", "office")


async def test_a_form_is_there_at_once_and_filled_when_the_conversation_has_answered(stage: Stage) -> None:
    card = await asked(stage)
    filling = stage.slack.hold("views.update")

    card.press(stage.anna, EDIT_BUTTON)
    await filling.reached()

    view = stage.slack.modal(stage.anna)
    assert view is not None
    assert "One moment" in rows(view)
    filling.release()
    await stage.slack.until(lambda: "It is broken." in rows(stage.slack.modal(stage.anna) or {"blocks": []}))
    card.send_form(stage.anna)
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_a_form_that_slack_does_not_take_says_so_and_the_card_can_still_be_decided(stage: Stage) -> None:
    card = await asked(stage)
    stage.slack.faults.add(method="views.update", kind="error", error="invalid_arguments", times=1)

    card.press(stage.anna, EDIT_BUTTON)

    await stage.slack.until(lambda: NO_SUCH_FORM in rows(stage.slack.modal(stage.anna) or {"blocks": []}))
    stage.slack.close_modal(stage.anna)
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_a_form_that_is_sent_unchanged_files_what_the_card_said(stage: Stage) -> None:
    card = await asked(stage)
    await card.open_form(stage.anna)

    card.send_form(stage.anna)

    await stage.answered(card.ts, times=2)
    (outcome,) = await card.settled("done")
    assert "as edited" not in outcome
    assert "edited" not in results(stage)[0]


async def test_values_that_do_not_fit_are_told_in_the_form_which_stays(stage: Stage) -> None:
    card = await asked(stage)
    await card.open_form(stage.anna)

    card.send_form(stage.anna, title="x" * 121)
    errors = await stage.slack.until(lambda: stage.slack.modal_errors(stage.anna))

    assert list(errors.values()) == ["title (its length) has to be at most 120."]
    assert (stage.slack.modal(stage.anna) is None, stage.world.calls_to("helpdesk")) == (False, [])
    card.send_form(stage.anna, title="Scanner")
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Scanner"]


async def test_a_person_who_may_not_decide_finds_only_that_in_the_form(stage: Stage) -> None:
    card = await asked(stage)

    view = await card.open_form(stage.ben)

    assert "Only @anna can decide this." in stage.slack.visible_text(view)
    assert "submit" not in view or not view["submit"]
    await card.cancel(stage.anna)
    await stage.answered(card.ts, times=2)


async def test_a_cancel_of_a_person_who_may_not_decide_is_answered_in_the_form(stage: Stage) -> None:
    card = await asked(stage)

    await card.cancel(stage.ben, "no")

    def told() -> bool:
        view = stage.slack.modal(stage.ben)
        return view is not None and "Only @anna can decide this." in stage.slack.visible_text(view)

    await stage.slack.until(told)
    assert card.has_buttons
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_a_form_that_was_overtaken_says_so(stage: Stage) -> None:
    card = await asked(stage)
    await card.open_form(stage.anna)
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)

    card.send_form(stage.anna, title="Scanner")
    errors = await stage.slack.until(lambda: stage.slack.modal_errors(stage.anna))

    assert "settled" in next(iter(errors.values()))
    assert filed(stage) == ["Printer"]


async def test_the_form_of_one_of_several_calls_edits_that_one(stage: Stage) -> None:
    card = await asked(stage, "Filed both.", PRINTER, KEYBOARD)
    card.press(stage.anna, EDIT_BUTTON, item=1)
    await stage.slack.until(lambda: "Keys are missing." in rows(stage.slack.modal(stage.anna) or {"blocks": []}))

    card.send_form(stage.anna, title="Mouse")
    await stage.slack.until(lambda: "title: Mouse" in card.text)
    card.press(stage.anna, item=0)

    await stage.answered(card.ts, times=2)
    assert sorted(filed(stage)) == ["Mouse", "Printer"]
