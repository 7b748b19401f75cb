"""A decision survives everything: workers, bots, Temporal and Slack that fail around a card."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_worker.contract.questions import IN_A_MOMENT
from emulators.gemini.answers import text
from playground.temporal_server import DevServer
from slackbot.conversations.questions import CANNOT_OPEN, PRESS_AGAIN
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import TicketCard, asked, filed, wants_to_file


async def told(stage: Stage, card: TicketCard, user: str) -> list[str]:
    await stage.slack.until(lambda: card.told(user))
    return card.told(user)


async def test_a_press_while_the_worker_is_down_is_kept_and_carried_out_when_it_is_back(stage: Stage) -> None:
    card = await asked(stage)
    await stage.worker.kill()

    card.press(stage.anna)
    assert await told(stage, card, stage.anna) == [IN_A_MOMENT]
    assert filed(stage) == []
    await stage.worker.start()

    await stage.answered(card.ts, times=2)
    await card.settled("done")
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)


async def test_of_two_presses_while_the_worker_is_down_one_counts(stage: Stage) -> None:
    card = await asked(stage)
    await stage.worker.kill()

    card.press(stage.anna, twice=True)
    card.press(stage.ben)
    await stage.slack.until(lambda: card.told(stage.anna) and card.told(stage.ben))
    await stage.worker.start()

    await stage.answered(card.ts, times=2)
    await stage.slack.until(lambda: len(card.told(stage.ben)) == 2)
    assert card.told(stage.ben) == [IN_A_MOMENT, "Only @anna can decide this."]
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)


async def test_a_cancel_while_the_worker_is_down_is_kept(stage: Stage) -> None:
    card = await asked(stage, "Then not.", hears="not today")
    await stage.worker.kill()

    await card.cancel(stage.anna, "not today")
    assert await told(stage, card, stage.anna) == [IN_A_MOMENT]
    await stage.worker.start()

    assert (await stage.answered(card.ts, times=2))[-1] == "Then not."
    await card.settled("Rejected by @anna")
    assert stage.world.calls_to("helpdesk") == []


async def test_a_form_that_cannot_be_filled_while_the_worker_is_down_says_so(stage: Stage) -> None:
    card = await asked(stage)
    await stage.worker.kill()

    view = await card.open_form(stage.anna)

    assert CANNOT_OPEN in stage.slack.visible_text(view)
    await stage.worker.start()
    stage.slack.close_modal(stage.anna)
    await card.open_form_again(stage.anna)
    card.send_form(stage.anna, title="Scanner")
    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Scanner"]


@pytest.mark.parametrize("way", ["stopped", "frozen"])
async def test_while_temporal_is_away_the_person_is_asked_to_press_again(
    processes: None, tmp_path: Path, way: str
) -> None:
    with DevServer(database=tmp_path / "temporal.db") as temporal:
        async with Stage(temporal.address, tmp_path) as stage:
            await stage.start()
            card = await asked(stage)
            temporal.stop() if way == "stopped" else temporal.freeze()

            card.press(stage.anna)
            assert await told(stage, card, stage.anna) == [PRESS_AGAIN]
            assert stage.world.calls_to("helpdesk") == []
            temporal.start() if way == "stopped" else temporal.thaw()
            await pressed_until_it_counts(stage, card)

            await stage.answered(card.ts, times=2)
            assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 1)
            stage.gemini.assert_script_finished()


async def pressed_until_it_counts(stage: Stage, card: TicketCard) -> None:
    """Whoever is told to press again does so; the connections to Temporal take a moment to come back."""
    while card.told(stage.anna)[-1] == PRESS_AGAIN:
        before = len(card.told(stage.anna))
        card.press(stage.anna)
        await stage.slack.until(lambda: len(card.told(stage.anna)) > before or not card.has_buttons)  # noqa: B023
        if not card.has_buttons:
            return


async def test_a_worker_killed_while_the_ticket_is_being_filed_files_one(stage: Stage) -> None:
    card = await asked(stage)
    held = stage.world.hold("helpdesk")
    card.press(stage.anna)
    await held.reached()

    await stage.worker.kill()
    await stage.worker.start()

    await stage.answered(card.ts, times=2)
    await card.settled("done")
    assert (filed(stage), len(stage.world.calls_to("helpdesk"))) == (["Printer"], 2)


async def test_a_worker_killed_when_the_ticket_is_filed_and_it_does_not_know_it_yet_files_no_second_one(
    stage: Stage,
) -> None:
    card = await asked(stage, "I filed IT-101.", hears="IT-101")
    stage.world.fail("helpdesk", "lost_answer")
    card.press(stage.anna)
    await stage.slack.until(lambda: filed(stage))

    await stage.worker.kill()
    await stage.worker.start()

    assert (await stage.answered(card.ts, times=2))[-1] == "I filed IT-101."
    assert filed(stage) == ["Printer"]


async def test_a_worker_killed_while_the_card_is_being_shown_shows_one(stage: Stage) -> None:
    stage.gemini.script(wants_to_file(), text("Done."))
    held = stage.slack.hold(
        "chat.postMessage", after_commit=True, when=lambda post: ":question" in str(post.get("metadata"))
    )
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> file a ticket")
    await held.reached()

    await stage.worker.kill()
    held.release()
    await stage.worker.start()
    card = TicketCard(stage, ts, stage.channel)
    await stage.slack.until(lambda: card.is_waiting)
    card.press(stage.anna)

    await stage.answered(ts, times=2)
    assert (len(stage.question_cards(ts)), filed(stage)) == (1, ["Printer"])


async def test_a_press_on_a_card_whose_worker_was_killed_before_it_knew_of_the_card_counts(stage: Stage) -> None:
    stage.gemini.script(wants_to_file(), text("Done."))
    held = stage.slack.hold(
        "chat.postMessage", after_commit=True, when=lambda post: ":question" in str(post.get("metadata"))
    )
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> file a ticket")
    await held.reached()
    card = TicketCard(stage, ts, stage.channel)

    card.press(stage.anna)
    await stage.slack.until(lambda: stage.world.calls_to("helpdesk"))
    await stage.worker.kill()
    held.release()
    await stage.worker.start()

    await stage.answered(ts, times=2)
    await card.settled("done")
    assert (len(stage.question_cards(ts)), filed(stage)) == (1, ["Printer"])


async def test_a_bot_that_was_restarted_takes_the_press(stage: Stage) -> None:
    card = await asked(stage)
    await stage.bot.kill()
    await stage.bot.start()

    card.press(stage.anna)

    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Printer"]


async def test_both_processes_restarted_know_the_question(stage: Stage) -> None:
    card = await asked(stage)
    for process in (stage.worker, stage.bot):
        await process.kill()
    await stage.start()

    await card.open_form_again(stage.anna)
    card.send_form(stage.anna, title="Scanner")

    await stage.answered(card.ts, times=2)
    assert filed(stage) == ["Scanner"]


async def test_a_decision_counts_although_the_card_cannot_be_changed(stage: Stage) -> None:
    card = await asked(stage)
    stage.slack.faults.add(
        method="chat.update",
        kind="error",
        error="update_failed",
        times=None,
        when=lambda update: update["ts"] == card.message.ts,
    )

    card.press(stage.anna)

    assert (await stage.answered(card.ts, times=2))[-1] == "Done."
    assert filed(stage) == ["Printer"]


async def test_a_card_that_slack_cannot_change_just_now_is_changed_later(stage: Stage) -> None:
    card = await asked(stage)
    stage.slack.faults.add(
        method="chat.update", kind="internal_error", times=2, when=lambda update: update["ts"] == card.message.ts
    )

    card.press(stage.anna)

    await stage.answered(card.ts, times=2)
    await card.settled("done")


async def test_a_question_that_an_archived_channel_does_not_take_is_called_off(stage: Stage) -> None:
    held = stage.gemini.hold()
    stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> file a ticket")
    await held.reached()
    stage.slack.archive(stage.channel)
    stage.gemini.script(text("I could not ask.").given(contains="could not be shown"))

    held.release(wants_to_file())

    await stage.gemini.arrived(2)
    await stage.worker.logged("delivery failed")
    assert stage.world.calls_to("helpdesk") == []


async def test_a_decision_counts_although_the_channel_was_archived_meanwhile(stage: Stage) -> None:
    card = await asked(stage)
    stage.slack.archive(stage.channel)

    card.press(stage.anna)

    await stage.slack.until(lambda: filed(stage))
    await stage.gemini.arrived(2)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    assert filed(stage) == ["Printer"]
