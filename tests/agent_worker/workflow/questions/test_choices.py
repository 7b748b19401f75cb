"""Promises of what the model itself asks people."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.questions import (
    SETTLED,
)
from tests.support.agent_worker.question_talk import (
    an_answer,
    asked,
    give,
    has_no_task,
    item,
    results,
    wondering,
)
from tests.support.agent_worker.rehearsal import Held, Rehearsal, lines, text
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

    assert results(rehearsal) == [{"output": {"answer": "green, please", "by": "U1"}}]
    assert lines(rehearsal.cast.read[-1])[-1] == "anna: green, please"
    assert await give(talk, an_answer(rehearsal, "choose", option=0)) == SETTLED


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
