"""Promises of what the model itself asks people."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange
from agent_worker.contract.names import MESSAGE_CHANGED
from agent_worker.contract.questions import SETTLED
from agent_worker.conversation.questions.question import IN_THE_THREAD
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    give,
    has_no_task,
    item,
    results,
    wondering,
)
from tests.support.agent_worker.rehearsal import Held, Rehearsal, calls, lines, text
from tests.support.slackbot.conversations import eventually


async def test_an_option_that_is_chosen_is_the_result_of_the_models_question(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"), text("Blue it is."))

    await give(talk, an_answer(rehearsal, "choose", option=1))

    assert (await talk.answered(2))[-1] == "Blue it is."
    assert results(rehearsal) == [{"output": {"answer": "blue", "by": "U1"}}]
    assert (item(rehearsal).outcome, item(rehearsal).reason) == ("approved", "blue")


async def test_a_plain_reply_answers_the_models_question(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"), text("Green it is."))

    assert await talk.ask("7.0", "green, please") == "Green it is."

    assert results(rehearsal) == [{"output": {"answered": IN_THE_THREAD, "by": "U1", "message": "7.0"}}]
    assert lines(rehearsal.cast.read[-1])[-1] == "anna: green, please"
    assert await give(talk, an_answer(rehearsal, "choose", option=0)) == SETTLED


async def test_a_reply_that_comes_while_the_agent_answers_somebody_else_answers_the_models_question(
    rehearsal: Rehearsal,
) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"))
    rehearsal.cast.tools["look"] = looking = Held({"output": "noon"})
    rehearsal.cast.answers += [calls("look"), text("Noon, and green it is.")]
    await talk.say("7.0", "what time is it?", "U2")
    await looking.reached()

    await talk.say("8.0", "green, please")
    await eventually(lambda: has_no_task(talk))
    looking.release()

    assert (await talk.answered(2))[-1] == "Noon, and green it is."
    await rehearsal.until(lambda: item(rehearsal).by == "U1")
    assert await give(talk, an_answer(rehearsal, "choose", option=0)) == SETTLED


@pytest.mark.parametrize("now", ["", "blue, please"], ids=["deleted", "edited"])
async def test_who_takes_a_reply_back_takes_the_answer_back(rehearsal: Rehearsal, now: str) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"), text("Green it is."), text("Well."))
    await talk.ask("7.0", "green, please")

    change = MessageChange(ts="7.0", at="8.0", text=now, deleted=not now, user="U1")
    await talk.signal(MESSAGE_CHANGED, change)
    await talk.ask("9.0", "and now?")

    read = str(rehearsal.cast.read[-1])
    assert "green" not in read
    assert now in read
    assert all("green" not in shown.model_dump_json() for shown in rehearsal.cast.cards)


async def test_a_reply_that_only_mentions_the_agent_answers_nothing(rehearsal: Rehearsal) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"))

    assert await talk.ask("7.0", "<@UBOT>") == "Hello!"

    assert await give(talk, an_answer(rehearsal, "choose", option=0)) == ""


@pytest.mark.parametrize("more", [{"option": 2}, {"option": -1}, {"text": " "}, {}])
async def test_an_answer_that_is_none_is_refused(rehearsal: Rehearsal, more: dict[str, Any]) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"))

    assert await give(talk, an_answer(rehearsal, "choose", **more)) == "Please write an answer."


async def test_what_was_written_before_the_question_does_not_answer_it(rehearsal: Rehearsal) -> None:
    rehearsal.cast.delivering = delivering = Held(None)
    rehearsal.cast.answers += [wondering("Which one?", "red", "blue"), text("Noted.")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "paint it")
    await delivering.reached()

    await talk.say("2.0", "and hurry")
    await eventually(lambda: has_no_task(talk))
    rehearsal.cast.delivering = None
    delivering.release()

    await talk.answered(2)
    assert await give(talk, an_answer(rehearsal, "choose", option=1)) == ""
