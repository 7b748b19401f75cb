"""Promises about a conversation's first question: it is asked with the opening, and that makes no other difference."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange, SlackFile, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.payloads import activity_names, errors
from agent_worker.payloads.model import FILE_PART, ModelReply
from tests.support.agent_worker.rehearsal import Deaf, Held, Rehearsal, Talk, calls, lines, text


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address) as rehearsal:
        yield rehearsal


def begun(rehearsal: Rehearsal) -> Talk:
    """A conversation in a thread that begins just now: with an old one, its past would be read first."""
    return rehearsal.conversation(f"{time.time():.6f}")


def root(talk: Talk) -> str:
    return talk.thread.thread_ts


def later(talk: Talk, seconds: int = 1) -> str:
    return f"{float(root(talk)) + seconds:.6f}"


async def asked_at_once(rehearsal: Rehearsal, held: Held) -> Talk:
    """A conversation whose opening waits for the model."""
    rehearsal.cast.answers.append(held)
    talk = begun(rehearsal)
    await talk.say(root(talk), "first")
    await held.reached()
    return talk


async def ask(rehearsal: Rehearsal, words: str = "hello") -> str:
    """The answer to a thread's first message."""
    talk = begun(rehearsal)
    return await talk.ask(root(talk), words)


async def activities(talk: Talk) -> list[str]:
    """The names of all activities that the conversation has had, in their order."""
    history = await talk.handle.fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
    return [one.activity_type.name for one in scheduled if one.activity_type.name]


async def test_the_first_answer_takes_no_model_call_of_its_own_and_every_other_does(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    rehearsal.cast.answers += [text("First."), text("Second.")]

    assert [await talk.ask(root(talk), "one"), await talk.ask(later(talk), "two")] == ["First.", "Second."]

    assert await activities(talk) == [
        activity_names.OPEN_CONVERSATION,
        activity_names.DELIVER,
        activity_names.ASK_MODEL,
        activity_names.DELIVER,
    ]
    assert lines(rehearsal.cast.read[-1]) == ["anna: one", "First.", "anna: two"]
    assert rehearsal.cast.asked[-1].known == 1


async def test_tools_that_the_first_reply_asks_for_are_run(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("find"), text("Found.")]

    assert await ask(rehearsal) == "Found."

    assert rehearsal.cast.ran == ["find"]
    assert Counter(len(contents) for contents in rehearsal.cast.read) == {1: 1, 3: 1}


@pytest.mark.parametrize("words", ["one", "<@U2> and <#C7> know more"])
async def test_what_is_asked_at_once_is_what_a_worker_of_release_0_1_would_be_asked(
    temporal_address: str, words: str
) -> None:
    async with Rehearsal(temporal_address, names={"U1": "anna", "U2": "ben", "C7": "ops"}) as rehearsal:
        now = root(begun(rehearsal))
        for at_once in (True, False):
            rehearsal.cast.asks_at_once = at_once
            await rehearsal.conversation(now).ask(now, words)

    by_itself = {"thread", "epoch"}
    one, other = (request.model_dump(exclude=by_itself) for request in rehearsal.cast.asked)
    assert one == other


async def test_a_first_reply_that_is_of_no_use_is_asked_for_again(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ModelReply(unusable="cut_off"), text("Better.")]

    assert await ask(rehearsal) == "Better."

    assert [request.more_room for request in rehearsal.cast.asked] == [False, True]


async def test_a_first_question_that_goes_wrong_is_asked_by_an_activity_that_is_tried_again(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.cast.answers += [errors.retryable(errors.MODEL_UNAVAILABLE, "503"), text("At last.")]
    talk = begun(rehearsal)

    assert await talk.ask(root(talk)) == "At last."

    assert await activities(talk) == [
        activity_names.OPEN_CONVERSATION,
        activity_names.ASK_MODEL,
        activity_names.DELIVER,
    ]


async def test_why_a_first_question_cannot_be_answered_is_said_without_asking_again(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [errors.final(errors.BAD_API_KEY, "HTTP 400")]
    talk = begun(rehearsal)

    assert await talk.ask(root(talk)) == errors.sentence(errors.BAD_API_KEY)

    assert await activities(talk) == [activity_names.OPEN_CONVERSATION, activity_names.DELIVER]


async def test_an_opening_that_is_tried_again_asks_again(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [ZeroDivisionError("as if the worker had died")]
    talk = begun(rehearsal)

    assert await talk.ask(root(talk)) == "yes"

    assert (len(rehearsal.cast.opens), len(rehearsal.cast.asked)) == (2, 2)
    assert await activities(talk) == [activity_names.OPEN_CONVERSATION, activity_names.DELIVER]


# What comes in between


async def test_a_message_that_comes_meanwhile_is_answered_next(rehearsal: Rehearsal) -> None:
    held = Held(text("First."))
    talk = await asked_at_once(rehearsal, held)
    await talk.say(later(talk), "second")

    held.release()

    assert await talk.answered(2) == ["First.", "yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", "First.", "anna: second"]


async def test_a_question_that_is_edited_meanwhile_is_answered_as_it_now_reads(rehearsal: Rehearsal) -> None:
    talk = await asked_at_once(rehearsal, Held(text("never said")))

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=root(talk), at=later(talk), text="as it now reads"))

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: as it now reads"]
    assert rehearsal.cast.asked[-1].draft.unsure


async def test_files_that_come_late_are_read_with_their_message(rehearsal: Rehearsal) -> None:
    talk = await asked_at_once(rehearsal, Held(text("never said")))

    file = SlackFile(id="F1", name="report.pdf")
    await talk.say(root(talk), "first", files=[file])

    assert await talk.answered() == ["yes"]
    assert rehearsal.cast.read[-1][0]["parts"][-1] == {FILE_PART: file.model_dump()}


async def test_a_stop_ends_it_and_the_conversation_goes_on(rehearsal: Rehearsal) -> None:
    talk = await asked_at_once(rehearsal, Deaf(text("never said")))

    await talk.signal(STOP, StopRequest(at=later(talk), user="U1"))

    assert await talk.answered() == [errors.sentence(errors.STOPPED)]
    assert talk.answers[0].draft.unsure
    assert await talk.ask(later(talk, 2), "second") == "yes"


async def test_a_question_that_is_taken_back_is_not_answered(rehearsal: Rehearsal) -> None:
    talk = await asked_at_once(rehearsal, Held(text("never said")))

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=root(talk), at=later(talk), deleted=True))

    await talk.answered()
    assert talk.answers[0].withdrawn


# When it is not asked at once


async def test_names_that_are_still_unknown_are_looked_up_first(rehearsal: Rehearsal) -> None:
    await ask(rehearsal, "and <@U9>?")

    assert rehearsal.cast.looked_up == [["U9"]]
    assert [lines(contents) for contents in rehearsal.cast.read] == [["anna: and @u9?"]]


async def test_nobody_who_may_not_talk_to_the_agent_gets_the_model_asked(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, refused={"U1": "Guests may not."}) as rehearsal:
        assert await ask(rehearsal) == "Guests may not."

        assert rehearsal.cast.asked == []


async def test_a_mention_without_words_is_greeted(rehearsal: Rehearsal) -> None:
    assert await ask(rehearsal, "<@UBOT>") == "Hello!"

    assert rehearsal.cast.asked == []


@pytest.mark.parametrize("kind", [{"from_app": True}, {"addressed": False}])
async def test_whether_others_are_answered_is_decided_first(rehearsal: Rehearsal, kind: dict[str, Any]) -> None:
    talk = begun(rehearsal)
    await talk.say(root(talk), "a build has failed", **kind)

    await rehearsal.until(lambda: rehearsal.cast.opens)
    assert rehearsal.cast.opens[0].asks is None


async def test_a_thread_with_a_past_is_read_first(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    await talk.ask(later(talk))

    assert rehearsal.cast.opens[0].asks is None
