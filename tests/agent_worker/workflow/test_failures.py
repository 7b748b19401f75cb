"""Promises of failure: each is told plainly, and the next message is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent_worker.contract.messages import MessageChange, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.payloads import errors
from agent_worker.payloads.model import Content, ModelReply, ToolCall
from agent_worker.payloads.thread import Draft
from agent_worker.recovery import signs_of_life
from agent_worker.workflow import deliveries
from agent_worker.workflow.deliveries import MOST_DELIVERIES
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, calls, lines, result_of, text

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


@pytest.mark.parametrize("code", TURN_ENDINGS)
async def test_a_turn_that_cannot_succeed_says_so_plainly_and_the_next_message_is_answered(
    rehearsal: Rehearsal, code: str
) -> None:
    rehearsal.cast.answers += [calls("look_up", title="Looks it up"), errors.final(code, "HTTP 400")]
    noted = errors.sentence(code, "Done before that:", "• Looks it up")  # people see it on the card
    talk = rehearsal.conversation()

    assert await talk.ask("1.0", "first") == errors.sentence(code)
    assert await talk.ask("1.1", "second") == "yes"

    question = [] if errors.poisons_the_conversation(code) else ["anna: first", noted]
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


async def test_the_signatures_of_a_model_that_is_given_up_go_with_it(rehearsal: Rehearsal) -> None:
    signed = text("One.")
    assert signed.content is not None
    signed.content["parts"][0]["thoughtSignature"] = "b2xkIG1vZGVs"
    rehearsal.cast.answers += [signed, errors.final(errors.UNKNOWN_MODEL, "HTTP 404"), text("Three.")]
    talk = rehearsal.conversation()

    for ts in ("1.0", "2.0", "3.0"):
        await talk.ask(ts)

    assert ["thoughtSignature" in str(entries) for entries in rehearsal.cast.read] == [False, True, False]


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


# What cannot be delivered


async def test_an_answer_that_the_thread_does_not_take_is_kept_and_told_before_the_next_one(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.cast.answers += [text("the first answer"), text("the second answer")]
    rehearsal.cast.refuse_delivery = 1
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)
    await talk.say("1.1", "second")

    assert await talk.answered(2) == ["the first answer", "the second answer"]
    kept = talk.answers[0]
    assert (kept.key, kept.is_notice, kept.draft.unsure) == ("1.0:answer", False, True)
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", "the first answer", "anna: second"]


async def test_what_the_thread_refuses_for_long_is_told_in_order_when_it_takes_it(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [text("one"), text("two"), text("three")]
    rehearsal.cast.refuse_delivery = 3  # the first answer; then this one again, and the second answer
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await rehearsal.until(lambda: rehearsal.cast.refuse_delivery == 2)
    await talk.say("1.1", "second")
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)
    await talk.say("1.2", "third")

    assert await talk.answered(3) == ["one", "two", "three"]


@pytest.mark.parametrize("is_delivering", [False, True], ids=["later", "during the delivery"])
async def test_a_kept_answer_is_forgotten_with_its_question(rehearsal: Rehearsal, *, is_delivering: bool) -> None:
    rehearsal.cast.answers += [text("one"), text("two")]
    rehearsal.cast.refuse_delivery = 1
    rehearsal.cast.delivering = delivering = Held(None)
    deletion = MessageChange(ts="1.0", at="1.05", deleted=True)
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await delivering.reached()
    if is_delivering:
        await talk.signal(MESSAGE_CHANGED, deletion)
    delivering.release()
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)
    if not is_delivering:
        await talk.signal(MESSAGE_CHANGED, deletion)
    await talk.say("1.1", "second")

    assert await talk.answered() == ["two"]


async def test_a_notice_that_the_thread_does_not_take_is_not_told_later(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [errors.final(errors.BAD_API_KEY, "HTTP 400"), text("yes")]
    rehearsal.cast.refuse_delivery = 1
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)

    assert await talk.ask("1.1", "second") == "yes"
    assert len(talk.answers) == 1


@pytest.mark.parametrize(
    "failure", [errors.retryable(errors.OUT_OF_TIME, "took too long"), ZeroDivisionError("a defect")], ids=str
)
async def test_a_delivery_that_fails_again_and_again_ends_in_a_plain_sentence_beside_what_is_shown(
    rehearsal: Rehearsal, failure: Exception
) -> None:
    rehearsal.cast.answers += [text("the answer"), text("yes")]
    away = errors.retryable(errors.SLACK_UNAVAILABLE, "ratelimited", timedelta(milliseconds=10))
    rehearsal.cast.failing_deliveries += [away, *[failure, away] * MOST_DELIVERIES][:-1]
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")

    assert await talk.answered(seconds=40) == [errors.sentence(errors.UNSHOWN)]
    (notice,) = talk.answers
    assert (notice.is_plain, notice.draft, notice.progress) == (True, Draft(), None)
    assert len([request for request in rehearsal.cast.begun if not request.is_plain]) == 2 * MOST_DELIVERIES
    assert await talk.ask("1.1", "second") == "yes"
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", "the answer", "anna: second"]


async def test_a_worker_that_hangs_in_a_delivery_is_noticed_and_counted(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that hangs sends no heartbeats: Temporal ends the attempt, and no exception of ours tells why."""
    monkeypatch.setattr(signs_of_life, "pause_before_heartbeat", lambda _: timedelta(seconds=1_000))
    rehearsal.cast.delivering = Held(None)
    rehearsal.cast.answers += [text("the answer")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "first")
    await rehearsal.cast.delivering.reached()
    await rehearsal.until(lambda: len(rehearsal.cast.begun) == 2, seconds=15)

    assert rehearsal.cast.begun[1].draft.unsure, "the next one is begun, and counted, by the workflow"
    rehearsal.cast.delivering.release()


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (errors.retryable(errors.OUT_OF_TIME, "took too long"), 1),
        (errors.final(errors.SLACK_REFUSED, "msg_too_long"), 0),
    ],
    ids=["took too long", "refused"],
)
async def test_a_word_beside_a_turn_that_cannot_be_said_at_once_does_not_end_the_turn(
    rehearsal: Rehearsal, failure: Exception, told: int
) -> None:
    rehearsal.cast.learn(agent_max_hourly_turns=1)
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    rehearsal.cast.failing_deliveries.append(failure)
    await talk.say("1.1", "second")
    await rehearsal.until(lambda: len(rehearsal.cast.begun) == 2 + told)

    assert [request.key for request in talk.answers[1:]] == ["1.1:limit"] * told
    await talk.signal(STOP, StopRequest(at="1.2", user="U1"))
    await talk.answered(2 + told)
    assert talk.answers[-1].key == "1.1:notice", "the turn was still going to be answered"


async def test_a_kept_answer_is_told_by_itself_when_the_thread_takes_it(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LATER", (timedelta(seconds=1),) * 5)
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.refuse_delivery = 3
        rehearsal.cast.answers.append(text("the answer"))
        talk = rehearsal.conversation()
        handle = await talk.say("1.0")

        assert await talk.answered() == ["the answer"]
        await result_of(handle)


async def test_a_kept_answer_that_the_thread_never_takes_is_given_up_in_the_end_and_the_log_says_so(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliveries, "LATER", (timedelta(seconds=1),) * 2)
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.refuse_delivery = 100
        handle = await rehearsal.conversation().say("1.0")

        await result_of(handle)

        assert len(rehearsal.cast.begun) == 1 + len(deliveries.LATER)
        assert "answers that could not be shown are given up" in caplog.text


async def test_a_message_does_not_wait_for_a_kept_answer_that_is_tried_again(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LATER", (timedelta(seconds=1),) * 2)
    async with Rehearsal(temporal_address) as rehearsal:
        rehearsal.cast.refuse_delivery = 1
        rehearsal.cast.answers += [text("the first answer"), text("the second answer")]
        talk = rehearsal.conversation()
        await talk.say("1.0", "first")
        await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)
        trying = rehearsal.cast.delivering = Held(None)
        await trying.reached()
        rehearsal.cast.delivering = None

        await talk.say("1.1", "second")

        assert await talk.answered(2) == ["the first answer", "the second answer"]


def test_a_week_of_tries_costs_few_actions() -> None:
    assert len(deliveries.LATER) <= 12
    assert timedelta(days=7) <= sum(deliveries.LATER, timedelta()) <= timedelta(days=8)
    assert list(deliveries.LATER) == sorted(deliveries.LATER)
