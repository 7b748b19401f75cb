"""A card asks before a ticket is filed: who decides, how often, and what the thread, the helpdesk and the model see."""

from __future__ import annotations

import pytest

from agent_worker.contract.questions import APPROVE_ALL_BUTTON, IN_A_MOMENT, REJECT_BUTTON
from agent_worker.workflow.agent import BEFORE_A_QUESTION
from emulators.gemini.answers import calls, text
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import KEYBOARD, PRINTER, TicketCard, asked, filed, results, wants_to_file

ONLY_ANNA = "Only @anna can decide this."


async def test_a_ticket_is_filed_once_it_is_approved_and_not_before(stage: Stage) -> None:
    card = await asked(stage, "I filed IT-101.", hears="IT-101")
    assert "File “Printer” with IT?" in card.text
    assert "description: It is broken." in card.text
    assert stage.world.calls_to("helpdesk") == []

    card.press(stage.anna)

    assert await stage.answered(card.ts, times=2) == [BEFORE_A_QUESTION, "I filed IT-101."]
    (outcome,) = await card.settled("done")
    assert outcome.startswith(":white_check_mark: Approved by @anna · ")
    assert not card.has_buttons
    assert filed(stage) == ["Printer"]
    assert len(stage.world.calls_to("helpdesk")) == 1
    assert len(stage.question_cards(card.ts)) == 1
    assert card.told(stage.anna) == []


async def test_a_person_who_may_not_decide_is_told_who_may_and_nothing_is_filed(stage: Stage) -> None:
    card = await asked(stage)

    card.press(stage.ben)
    await stage.slack.until(lambda: card.told(stage.ben))

    assert card.told(stage.ben) == [ONLY_ANNA]
    assert (card.has_buttons, stage.world.calls_to("helpdesk")) == (True, [])
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_a_press_that_slack_delivers_twice_files_one_ticket(stage: Stage) -> None:
    card = await asked(stage)

    card.press(stage.anna, twice=True)

    await stage.answered(card.ts, times=2)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)
    assert card.told(stage.anna) == []


async def test_of_two_people_at_once_one_decides_and_the_other_is_told(unstarted: Stage) -> None:
    stage = unstarted
    stage.change_default_agent(f"approvers: {{people: [{stage.anna}, {stage.ben}]}}")
    await stage.start()
    card = await asked(stage)

    card.press(stage.anna)
    card.press(stage.ben)

    await stage.answered(card.ts, times=2)
    await stage.slack.until(lambda: len(_told_too_late(stage, card)) == 1)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)
    assert len(_told_too_late(stage, card)) == 1


def _told_too_late(stage: Stage, card: TicketCard) -> list[str]:
    """Whoever is not known to the conversation yet reads before that that the press is kept."""
    return [said for said in [*card.told(stage.anna), *card.told(stage.ben)] if said != IN_A_MOMENT]


async def test_of_several_calls_each_is_decided_by_itself(stage: Stage) -> None:
    card = await asked(stage, "Filed the keyboard.", PRINTER, KEYBOARD)

    await card.cancel(stage.anna, "it works again")
    await card.settled("Rejected by @anna")
    card.press(stage.anna, item=1)

    assert (await stage.answered(card.ts, times=2))[-1] == "Filed the keyboard."
    await card.settled("Rejected by @anna", "done")
    assert filed(stage) == ["Keyboard"]
    assert [result["outcome"] for result in results(stage)] == ["rejected", "approved"]


async def test_several_calls_are_approved_with_one_press(stage: Stage) -> None:
    card = await asked(stage, "Filed both.", PRINTER, KEYBOARD)

    card.press(stage.anna, APPROVE_ALL_BUTTON, item="all")

    assert (await stage.answered(card.ts, times=2))[-1] == "Filed both."
    await card.settled("done", "done")
    assert sorted(filed(stage)) == ["Keyboard", "Printer"]


async def test_a_press_on_a_card_that_has_changed_since_decides_nothing(unstarted: Stage) -> None:
    stage = unstarted
    stage.change_default_agent(f"approvers: {{people: [{stage.anna}, {stage.ben}], needed: 2}}")
    await stage.start()
    card = await asked(stage)
    changed = stage.slack.hold("chat.update", when=lambda update: update["ts"] == card.message.ts)
    await card.open_form(stage.anna)
    card.send_form(stage.anna, title="Scanner")
    await changed.reached()

    card.press(stage.ben)  # who still sees the printer
    await stage.slack.until(lambda: card.told(stage.ben))

    assert card.told(stage.ben)[0].startswith("The question has changed since this card was shown.")
    assert stage.world.calls_to("helpdesk") == []
    changed.release()
    await stage.slack.until(lambda: "title: Scanner" in card.text)
    assert "Approved by @anna · 1 of 2 needed" in card.text
    card.press(stage.ben)
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Scanner"]


async def test_an_agent_whose_file_says_so_asks_nobody(unstarted: Stage) -> None:
    stage = unstarted
    stage.change_default_agent("approve: never")
    await stage.start()
    stage.gemini.script(wants_to_file(), text("I filed IT-101.").given(contains="IT-101"))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> file a ticket")

    assert await stage.answered(ts) == ["I filed IT-101."]
    assert stage.question_cards(ts) == []
    assert filed(stage) == ["Printer"]


@pytest.mark.parametrize("approves", [True, False], ids=["approved", "cancelled"])
async def test_in_a_direct_message_it_is_asked_as_well(stage: Stage, *, approves: bool) -> None:
    card = await asked(stage, "Done as you like.", channel=stage.slack.open_dm(stage.anna))

    if approves:
        card.press(stage.anna)
    else:
        await card.cancel(stage.anna)

    assert (await stage.answered(card.ts, card.channel, times=2))[-1] == "Done as you like."
    await card.settled("done" if approves else "Rejected")
    assert stage.leftovers(card.ts, card.channel) == []
    assert filed(stage) == (["Printer"] if approves else [])


async def test_other_questions_are_answered_while_one_is_open(stage: Stage) -> None:
    card = await asked(stage, "")
    stage.gemini.script(text("Noon.").given(contains="what time"), text("Filed.").given(contains="IT-101"))

    stage.slack.say(stage.anna, stage.channel, "what time is it?", thread_ts=card.ts)
    assert (await stage.answered(card.ts, times=2))[-1] == "Noon."
    card.press(stage.anna)

    assert (await stage.answered(card.ts, times=3))[-1] == "Filed."
    assert filed(stage) == ["Printer"]


async def test_a_card_whose_buttons_could_not_be_taken_away_decides_nothing_twice(stage: Stage) -> None:
    card = await asked(stage)
    stage.slack.faults.add(
        method="chat.update",
        kind="error",
        error="edit_window_closed",
        times=None,
        when=lambda update: update["ts"] == card.message.ts,
    )
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)
    assert card.has_buttons

    card.press(stage.anna)
    await stage.slack.until(lambda: card.told(stage.anna))

    assert "settled" in card.told(stage.anna)[0]
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)
    card.press(stage.anna, REJECT_BUTTON)
    await stage.slack.until(lambda: stage.slack.modal(stage.anna))
    stage.slack.submit_modal(stage.anna, {})
    await stage.slack.until(lambda: stage.slack.modal_errors(stage.anna))


async def test_a_refusal_that_slack_does_not_show_leaves_slacks_own_warning(stage: Stage) -> None:
    card = await asked(stage)
    before = len(stage.slack.deliveries)
    stage.slack.faults.add(method="chat.postEphemeral", kind="internal_error", times=None)

    card.press(stage.ben)
    await stage.bot.logged("the person could not be told about an answer")
    stage.slack.faults.clear()
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)

    of_ben, of_anna = stage.slack.deliveries[before : before + 2]
    assert (of_ben.acked, of_anna.acked) == (False, True)
    assert filed(stage) == ["Printer"]


async def test_steps_before_a_question_are_shown_in_a_direct_message_and_the_answer_follows_the_card(
    stage: Stage,
) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.gemini.script(
        calls(("get_weather_alerts", {"state": "NY"})),
        calls(("get_weather_alerts", {"state": "CA"}), ("file_ticket", PRINTER), text="I will file it."),
        text("I filed IT-101.").given(contains="IT-101"),
    )

    ts = stage.slack.say(stage.anna, direct, "alerts in New York and California, then file a ticket")
    card = TicketCard(stage, ts, direct)
    await stage.slack.until(lambda: card.is_shown and card.is_waiting)
    assert len(stage.world.calls_to("weather")) == 2
    card.press(stage.anna)

    said = await stage.answered(ts, direct, times=2)
    assert ("I will file it." in said[0], said[1]) == (True, "I filed IT-101.")
    await card.settled("done")
    posts = stage.slack.bot_posts(direct, ts)
    assert [post.ts for post in posts].index(card.message.ts) == len(posts) - 2
    assert stage.leftovers(ts, direct) == []
    assert filed(stage) == ["Printer"]


async def test_beside_a_call_that_is_asked_about_others_run_at_once(stage: Stage) -> None:
    stage.gemini.script(
        calls(("get_weather_alerts", {"state": "NY"}), ("file_ticket", PRINTER)),
        text("Both done.").given(contains="IT-101"),
    )

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> alerts, and a ticket")
    card = TicketCard(stage, ts, stage.channel)
    await stage.slack.until(lambda: card.is_shown and card.is_waiting)
    await stage.steps_are_over(ts)
    assert ("Weather alerts for New York" in stage.progress(ts)[0], filed(stage)) == (True, [])
    card.press(stage.anna)

    assert (await stage.answered(ts, times=2))[-1] == "Both done."
    assert "severity" in str(results(stage)[0])
    assert results(stage)[1]["outcome"] == "approved"
