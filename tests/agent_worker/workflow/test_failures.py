"""Promises of failure: each is told plainly, and the next message is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.payloads import errors
from agent_worker.payloads.model import Content, ModelReply, ToolCall
from tests.support.agent_worker.rehearsal import Rehearsal, calls, lines, text

TURN_ENDINGS = [
    *(errors.BAD_API_KEY, errors.UNKNOWN_MODEL, errors.DAILY_QUOTA, errors.NOT_PERMITTED, errors.REFUSED_REQUEST),
    *(errors.TOO_LONG, errors.BLOCKED_PROMPT, errors.BLOCKED_ANSWER, errors.UNUSABLE_ANSWER, errors.DEFECT),
    *(errors.NO_CREDIT, errors.SPENDING_CAP, errors.LEAKED_API_KEY, errors.UNUSABLE_MODEL, errors.WRONG_REQUEST),
    *(errors.MODEL_FAILED, errors.BROKEN_ANSWER),
]
A_CALL = calls("look_up")
BROKEN = [
    pytest.param(
        [A_CALL.calls[0].model_copy(update={"timeout_seconds": 1e300})], A_CALL.content, id="an endless deadline"
    ),
    pytest.param(A_CALL.calls, None, id="calls without their content"),
]


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address) as rehearsal:
        yield rehearsal


@pytest.mark.parametrize("code", TURN_ENDINGS)
async def test_a_turn_that_cannot_succeed_says_so_plainly_and_the_next_message_is_answered(
    rehearsal: Rehearsal, code: str
) -> None:
    rehearsal.cast.answers += [calls("look_up", title="Looks it up"), errors.final(code, "HTTP 400")]
    said = errors.sentence(code, "Done before that:", "• Looks it up")
    talk = rehearsal.conversation()

    assert await talk.ask("1.0", "first") == said
    assert await talk.ask("1.1", "second") == "yes"

    question = [] if errors.poisons_the_conversation(code) else ["anna: first", said]
    assert lines(rehearsal.cast.read[-1]) == [*question, "anna: second"]
    assert talk.answers[0].is_notice


@pytest.mark.parametrize(
    ("code", "model"),
    [(errors.UNKNOWN_MODEL, "newer"), (errors.UNUSABLE_MODEL, "newer"), (errors.BAD_API_KEY, "older")],
)
async def test_a_conversation_gives_up_a_model_that_cannot_be_used(rehearsal: Rehearsal, code: str, model: str) -> None:
    rehearsal.cast.learn(gemini_model="older")
    rehearsal.cast.answers.append(errors.final(code, "HTTP 404"))
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    rehearsal.cast.learn(gemini_model="newer")

    await talk.ask("1.1", "second")

    assert [request.model for request in rehearsal.cast.asked] == ["older", model]


async def test_a_reply_that_ends_the_turn_is_told_as_its_code_says(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers.append(ModelReply(failed=errors.BLOCKED_ANSWER))

    assert await rehearsal.conversation().ask("1.0") == errors.sentence(errors.BLOCKED_ANSWER)


async def test_a_step_that_cannot_be_done_now_is_tried_until_it_can(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [errors.retryable(errors.MODEL_UNAVAILABLE, "HTTP 503"), text("back again")]

    assert await rehearsal.conversation().ask("1.0") == "back again"


@pytest.mark.parametrize(("asked", "content"), BROKEN)
async def test_a_defect_ends_the_turn_with_a_sentence_and_never_the_conversation(
    rehearsal: Rehearsal, asked: list[ToolCall], content: Content | None
) -> None:
    rehearsal.cast.answers += [ModelReply(calls=asked, content=content), errors.final(errors.BAD_API_KEY, "HTTP 400")]
    talk = rehearsal.conversation()

    await talk.say("1.0", "first")
    await talk.answered(1, seconds=5)
    rehearsal.cast.answers.clear()
    await talk.say("1.1", "second")

    failure, answer = await talk.answered(2, seconds=5)
    assert failure.startswith("Something went wrong on my side")
    assert answer == "yes"


async def test_what_the_thread_cannot_be_told_does_not_end_the_conversation(rehearsal: Rehearsal) -> None:
    rehearsal.cast.refuse_delivery = 2
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await rehearsal.until(lambda: rehearsal.cast.refuse_delivery == 0)

    assert await talk.ask("1.1", "second") == "yes"
