"""Promises of a question while it is open, and of what calls it off."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import MessageChange, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.contract.questions import (
    IN_A_MOMENT,
    SETTLED,
    Answer,
)
from agent_worker.conversation.questions import answers
from agent_worker.payloads.questions import Approvers
from agent_worker.workflow.questions.questions import TAKEN_BACK
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    card,
    filing,
    give,
    has_no_task,
    item,
    nothing_is_under_way,
    results,
)
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, result_of, text
from tests.support.slackbot.conversations import eventually


async def test_a_stop_calls_the_question_off_and_nothing_runs(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"))

    await talk.signal(STOP, StopRequest(at="7.0", user="U1"))
    await rehearsal.until(lambda: item(rehearsal).outcome == "cancelled")

    assert await give(talk, an_answer(rehearsal, id="late")) in {answers.DECIDED, SETTLED}
    await talk.ask("9.0", "and now?")
    assert (results(rehearsal)[0]["outcome"], rehearsal.cast.ran) == ("cancelled", [])


@pytest.mark.parametrize("deleted", [False, True], ids=["edited", "deleted"])
async def test_a_question_goes_with_the_message_that_asked_for_it(rehearsal: Rehearsal, *, deleted: bool) -> None:
    talk = await asked(rehearsal, filing("A"))

    change = MessageChange(ts="1.0", at="7.0", text="" if deleted else "never mind", deleted=deleted, user="U1")
    await talk.signal(MESSAGE_CHANGED, change)
    await rehearsal.until(lambda: item(rehearsal).outcome == "cancelled")

    assert item(rehearsal).reason == TAKEN_BACK
    assert await give(talk, an_answer(rehearsal, id="late")) in {answers.DECIDED, SETTLED}
    await talk.ask("9.0", "and now?")
    assert rehearsal.cast.ran == []


async def test_a_question_expires_and_the_model_hears_that_this_is_no_refusal(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A", rule=Approvers(expires_seconds=1)), text("Nobody said anything."))

    assert (await talk.answered(2))[-1] == "Nobody said anything."
    assert results(rehearsal)[0]["outcome"] == "expired"
    assert (item(rehearsal).outcome, rehearsal.cast.ran) == ("expired", [])


async def test_a_question_that_the_thread_does_not_take_is_called_off(rehearsal: Rehearsal) -> None:
    rehearsal.cast.card_at = ApplicationError("is_archived", type="slack_refused", non_retryable=True)
    rehearsal.cast.answers += [filing("A"), text("I could not ask.")]
    talk = rehearsal.conversation()

    await talk.say("1.0", "file it please")

    assert (await talk.answered(2))[-1] == "I could not ask."
    assert (results(rehearsal)[0]["outcome"], rehearsal.cast.ran) == ("cancelled", [])


async def test_a_decision_counts_although_the_card_cannot_be_changed(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("Filed."))
    rehearsal.cast.card_at = ApplicationError("message_not_found", type="slack_refused", non_retryable=True)

    await give(talk, an_answer(rehearsal))

    assert (await talk.answered(2))[-1] == "Filed."
    assert rehearsal.cast.ran == ["file"]


async def test_an_edit_while_calls_run_beside_the_asked_one_calls_the_question_off(rehearsal: Rehearsal) -> None:
    rehearsal.cast.tools["look"] = looking = Held({"output": "ok"})
    rehearsal.cast.answers += [filing("A", beside=("look",)), text("As you like.")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "file it please")
    await looking.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="7.0", text="never mind", user="U1"))
    await eventually(lambda: has_no_task(talk))
    looking.release()

    await talk.answered()
    if rehearsal.cast.cards:
        await rehearsal.until(lambda: item(rehearsal).outcome == "cancelled")
    assert talk.answers[-1].text == "As you like."
    assert await give(talk, Answer(id="x", question="1.0", version=1, user="U1", at="8.0", decision="approve")) in {
        answers.DECIDED,
        SETTLED,
    }
    assert rehearsal.cast.ran == ["look"]


async def test_meanwhile_other_questions_are_answered_and_the_decision_still_counts(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("It is noon."), text("Filed."))

    assert await talk.ask("2.0", "what time is it?", "U2") == "It is noon."
    assert results(rehearsal)[0]["outcome"] == "waiting"
    await give(talk, an_answer(rehearsal))

    assert (await talk.answered(3))[-1] == "Filed."
    assert (results(rehearsal)[0]["outcome"], rehearsal.cast.ran) == ("approved", ["file"])


async def test_a_conversation_with_an_open_question_does_not_close(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk = await asked(rehearsal, filing("A"))
        pilot = rehearsal.conversation()
        await pilot.ask("1.0")
        await result_of(pilot.handle)  # one without a question has closed
        rehearsal.cast.answers.append(text("Filed."))

        await give(talk, an_answer(rehearsal))

        assert (await talk.answered(2))[-1] == "Filed."


async def test_a_question_survives_a_new_run(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, filing("A"), text("ok"), text("Filed."))
    first = (await talk.handle.describe()).run_id
    rehearsal.cast.tools["file"] = {"output": "new"}
    big = "x" * 200_000
    for number in range(2, 40):
        rehearsal.cast.answers.appendleft(text("ok"))
        await talk.ask(f"{number}.0", big)
        if (await talk.handle.describe()).run_id != first:
            break
    assert (await talk.handle.describe()).run_id != first

    await give(talk, an_answer(rehearsal))
    await rehearsal.until(lambda: item(rehearsal).ending == "done")

    assert rehearsal.cast.ran == ["file"]


async def test_several_questions_of_several_turns_are_decided_in_another_order_and_each_call_runs_once(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, filing("A"))
    cards = [card(rehearsal)]
    for number, user in ((2, "U2"), (3, "U1")):
        rehearsal.cast.answers.append(filing(f"B{number}"))
        await talk.say(f"{number}0.0", "and another", user)
        await rehearsal.until(lambda: card(rehearsal).question not in [one.question for one in cards])
        await eventually(lambda: nothing_is_under_way(talk))
        cards.append(card(rehearsal))

    for at in (2, 0, 1):
        user = cards[at].people[0]
        press = Answer(id=f"p{at}", question=cards[at].question, version=1, user=user, at="99.0", decision="approve")
        assert await give(talk, press) in {"", IN_A_MOMENT}

    await talk.answered(6)
    assert rehearsal.cast.ran == ["file"] * 3
    assert [one["outcome"] for one in results(rehearsal)] == ["approved"] * 3
