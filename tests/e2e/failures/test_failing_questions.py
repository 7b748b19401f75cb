"""Gemini fails at one question again and again: it blocks nobody, is not paid for for ever, and ends in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_worker.payloads import errors
from emulators.gemini.answers import Answer, empty, raw, text, when
from emulators.gemini.faults import cut, error
from emulators.gemini.request import ModelRequest
from tests.support.e2e.stage import Stage

BROKEN_OFF = errors.sentence(errors.BROKEN_ANSWER)
FAILED = errors.sentence(errors.MODEL_FAILED)
HALF = {"content": {"role": "model", "parts": [{"text": "One two three four"}]}}
CUT = cut(text("One two three four five six seven eight."))
RATINGS = {"safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}]}


@pytest.fixture
async def hasty_stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose worker asks again every second, and gives up a question after four failures."""
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("tests.support.e2e.hasty_worker", ready="worker is ready")
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


def ask(stage: Stage, question: str) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


def reply(stage: Stage, ts: str, words: str) -> None:
    stage.slack.say(stage.anna, stage.channel, words, thread_ts=ts)


def is_hard(request: ModelRequest) -> bool:
    return request.mentions("something hard")


@pytest.mark.parametrize("failure", [error(500), error(503), CUT, empty()], ids=["500", "503", "cut", "empty"])
async def test_a_new_message_interrupts_a_call_that_is_being_repeated(stage: Stage, failure: Answer) -> None:
    stage.gemini.script(failure)
    held = stage.gemini.hold()
    ts = ask(stage, "something hard")
    await held.reached()
    stage.gemini.script(text("Knock, knock.").given(contains="tell me a joke"))

    reply(stage, ts, "never mind, tell me a joke")

    assert await stage.answered(ts) == ["Knock, knock."]
    await held.abandoned()
    assert stage.leftovers(ts) == []


async def test_a_new_message_does_not_wait_for_the_end_of_a_pause(stage: Stage) -> None:
    stage.gemini.script(error(429, retry_delay="120s"), text("Knock, knock.").given(contains="tell me a joke"))
    ts = ask(stage, "something hard")
    await stage.gemini.arrived(1)

    reply(stage, ts, "never mind, tell me a joke")

    await stage.slack.until(lambda: stage.said(ts) == ["Knock, knock."])


async def test_a_first_attempt_is_not_interrupted(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "something easy")
    await held.reached()
    reply(stage, ts, "and a joke")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    stage.gemini.script(text("Knock, knock."))

    held.release(text("Easy."))

    assert await stage.answered(ts, times=2) == ["Easy.", "Knock, knock."]


async def test_what_was_written_meanwhile_is_answered_by_itself_when_the_question_is_given_up(
    hasty_stage: Stage,
) -> None:
    stage = hasty_stage
    stage.gemini.script(error(500))
    held = stage.gemini.hold()
    ts = ask(stage, "something hard")
    await held.reached()
    stage.gemini.script(*[when(is_hard, error(500))] * 4)
    stage.gemini.script(when(lambda request: not is_hard(request), text("Knock, knock.").given(contains="a joke")))

    reply(stage, ts, "never mind, tell me a joke")

    assert await stage.answered(ts, times=2) == [FAILED, "Knock, knock."]
    assert stage.leftovers(ts) == []


async def test_different_failures_that_take_turns_come_to_an_end_too(hasty_stage: Stage) -> None:
    stage = hasty_stage
    stage.gemini.script(*[CUT, error(503)] * 4, CUT)

    ts = ask(stage, "something hard")

    await stage.slack.until(lambda: stage.said(ts) == [BROKEN_OFF])


async def test_a_question_that_fails_while_others_are_answered_comes_to_an_end(hasty_stage: Stage) -> None:
    stage = hasty_stage
    held = stage.gemini.hold(is_hard)
    ts = ask(stage, "something hard")
    await held.reached()
    stage.gemini.script(text("Easy."), *[when(is_hard, error(503))] * 3)
    await stage.answered(ask(stage, "something easy"))

    held.release(error(503))

    await stage.slack.until(lambda: stage.said(ts) == [FAILED])
    stage.gemini.script(text("Better.").given(lacks="something hard"))
    reply(stage, ts, "something else")
    assert await stage.answered(ts, times=2) == [FAILED, "Better."]


async def test_empty_answers_are_asked_again_after_pauses_that_grow(stage: Stage) -> None:
    stage.gemini.script(*[empty()] * 3)
    ts = ask(stage, "something hard")
    moments = []
    for count in range(1, 4):
        await stage.gemini.arrived(count)
        moments.append(asyncio.get_running_loop().time())

    assert await stage.answered(ts) == [errors.sentence(errors.UNUSABLE_ANSWER)]
    first, second, third = moments
    assert second - first > 0.9
    assert third - second > 1.8


@pytest.mark.parametrize(
    "answer",
    [
        raw({"candidates": [HALF | RATINGS]}),
        raw({"candidates": [HALF], "promptFeedback": RATINGS}),
        raw({"candidates": [HALF | RATINGS | {"finishReason": "FINISH_REASON_UNSPECIFIED"}]}),
        raw({"candidates": [RATINGS]}),
        raw({"promptFeedback": RATINGS}),
    ],
)
async def test_an_answer_with_safety_ratings_and_no_reason_for_its_end_is_no_whole_answer(
    stage: Stage, answer: Answer
) -> None:
    stage.gemini.script(answer, text("One two three four five."))

    assert await stage.answered(ask(stage, "count")) == ["One two three four five."]
    assert len(stage.gemini.requests) == 2
