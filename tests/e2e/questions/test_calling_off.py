"""What calls a question off: a stop, and the edit or the deletion of the message that asked for it."""

from __future__ import annotations

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import asked, filed, results


async def test_a_stop_calls_the_question_off(stage: Stage) -> None:
    card = await asked(stage, "")

    stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=card.ts)
    (outcome,) = await card.settled("Called off. I won't do it.")

    assert "it was stopped" in outcome
    assert not card.has_buttons
    stage.gemini.script(text("Still here.").given(contains="called off"))
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=card.ts)
    assert (await stage.answered(card.ts, times=2))[-1] == "Still here."
    assert [result["outcome"] for result in results(stage)] == ["cancelled"]
    assert stage.world.calls_to("helpdesk") == []


async def test_a_stop_of_somebody_else_who_takes_part_calls_it_off_too(stage: Stage) -> None:
    card = await asked(stage, "")

    stage.slack.say(stage.ben, stage.channel, f"<@{stage.slack.bot_user_id}> stop", thread_ts=card.ts)

    await card.settled("Called off. I won't do it.")
    assert stage.world.calls_to("helpdesk") == []


async def test_a_stop_after_the_decision_leaves_what_runs_and_saves_the_answer(stage: Stage) -> None:
    card = await asked(stage, "")
    held = stage.world.hold("helpdesk")
    card.press(stage.anna)
    await held.reached()

    stop = stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=card.ts)
    await stage.slack.until(lambda: stage.is_acknowledged(stop))
    held.release()

    assert (await stage.answered(card.ts, times=2))[-1].startswith("Stopped.")
    await card.settled("done")
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)


async def test_an_edit_of_the_question_calls_it_off(stage: Stage) -> None:
    card = await asked(stage, "")

    stage.slack.edit(stage.channel, card.ts, f"<@{stage.slack.bot_user_id}> never mind")

    (outcome,) = await card.settled("Called off. I won't do it.")
    assert "edited or deleted" in outcome
    assert (card.has_buttons, stage.world.calls_to("helpdesk")) == (False, [])


async def test_a_deletion_of_the_question_calls_it_off(stage: Stage) -> None:
    card = await asked(stage, "")
    reply = stage.slack.say(stage.ben, stage.channel, "good", thread_ts=card.ts)  # so that the thread stays
    await stage.slack.until(lambda: stage.is_acknowledged(reply))

    stage.slack.delete(stage.channel, card.ts)

    (outcome,) = await card.settled("Called off. I won't do it.")
    assert "edited or deleted" in outcome
    assert (card.has_buttons, stage.world.calls_to("helpdesk")) == (False, [])


async def test_a_ticket_that_was_filed_stays_known_when_the_answer_is_stopped(stage: Stage) -> None:
    card = await asked(stage, "")
    held = stage.gemini.hold()
    card.press(stage.anna)
    await held.reached()
    assert filed(stage) == ["Printer"]

    stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=card.ts)
    await stage.answered(card.ts, times=2)
    stage.gemini.script(text("It was filed.").given(contains="IT-101"))
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=card.ts)

    assert (await stage.answered(card.ts, times=3))[-1] == "It was filed."
    assert filed(stage) == ["Printer"]


async def test_another_try_of_an_answer_files_no_second_ticket(stage: Stage) -> None:
    card = await asked(stage, "I filed IT-101.", hears="IT-101")
    card.press(stage.anna)
    await stage.answered(card.ts, times=2)
    stage.gemini.script(text("It is IT-101.").given(contains="IT-101", lacks="I filed"))

    answer = stage.slack.bot_posts(stage.channel, card.ts)[-1].ts
    stage.slack.press_button(stage.anna, stage.channel, answer, TRY_AGAIN_BUTTON)

    assert (await stage.answered(card.ts, times=3))[-1] == "It is IT-101."
    assert len(stage.question_cards(card.ts)) == 1
    assert filed(stage) == ["Printer"]
