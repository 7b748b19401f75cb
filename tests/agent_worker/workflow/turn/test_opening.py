"""Promises of the opening: it comes first, once in a run, and what people do meanwhile counts."""

from __future__ import annotations

import time

import pytest

from agent_worker.contract.messages import MessageChange, SlackFile, StopRequest
from agent_worker.contract.names import MESSAGE_CHANGED, STOP
from agent_worker.payloads import errors
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.model import FILE_PART
from tests.support.agent_worker.rehearsal import Deaf, Held, Rehearsal, Talk, lines, text


def begun(rehearsal: Rehearsal) -> Talk:
    """A conversation in a thread that begins just now: of an old thread, the past would be read."""
    return rehearsal.conversation(f"{time.time():.6f}")


def root(talk: Talk) -> str:
    return talk.thread.thread_ts


def later(talk: Talk, seconds: int = 1) -> str:
    return f"{float(root(talk)) + seconds:.6f}"


async def being_opened(rehearsal: Rehearsal, held: Held | None = None) -> Talk:
    """A conversation whose opening is under way until it is released."""
    held = held or Held(None)
    rehearsal.cast.opening = held
    talk = begun(rehearsal)
    await talk.say(root(talk), "first")
    await held.reached()
    return talk


def opening_ends(rehearsal: Rehearsal) -> None:
    assert isinstance(rehearsal.cast.opening, Held)
    rehearsal.cast.opening.release()


async def ask(rehearsal: Rehearsal, words: str = "hello") -> str:
    """The answer to a thread's first message."""
    talk = begun(rehearsal)
    return await talk.ask(root(talk), words)


async def activities(talk: Talk) -> list[str]:
    """The names of all activities that the conversation has had, in their order."""
    history = await talk.handle.fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
    return [one.activity_type.name for one in scheduled if one.activity_type.name]


async def test_a_run_is_opened_once_and_each_turn_asks_the_model(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    rehearsal.cast.answers += [text("First."), text("Second.")]

    assert [await talk.ask(root(talk), "one"), await talk.ask(later(talk), "two")] == ["First.", "Second."]

    turn = [ActivityName.ASK_MODEL, ActivityName.DELIVER]
    assert await activities(talk) == [ActivityName.OPEN_CONVERSATION, *turn, *turn]
    assert lines(rehearsal.cast.read[-1]) == ["anna: one", "First.", "anna: two"]


# What people do meanwhile


async def test_a_message_that_comes_meanwhile_is_answered_with_the_first(rehearsal: Rehearsal) -> None:
    talk = await being_opened(rehearsal)
    await talk.say(later(talk), "second")

    opening_ends(rehearsal)

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", "anna: second"]


async def test_a_question_that_is_edited_meanwhile_is_asked_as_it_now_reads(rehearsal: Rehearsal) -> None:
    talk = await being_opened(rehearsal)
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=root(talk), at=later(talk), text="as it now reads"))

    opening_ends(rehearsal)

    assert await talk.answered() == ["yes"]
    assert [lines(contents) for contents in rehearsal.cast.read] == [["anna: as it now reads"]]
    assert len(rehearsal.cast.opens) == 1


async def test_files_that_come_late_are_read_with_their_message(rehearsal: Rehearsal) -> None:
    talk = await being_opened(rehearsal)
    file = SlackFile(id="F1", name="report.pdf")
    await talk.say(root(talk), "first", files=[file])

    opening_ends(rehearsal)

    assert await talk.answered() == ["yes"]
    assert rehearsal.cast.read[-1][0]["parts"][-1] == {FILE_PART: file.model_dump()}


async def test_a_stop_ends_the_turn_before_the_model_is_asked(rehearsal: Rehearsal) -> None:
    talk = await being_opened(rehearsal, Deaf(None))
    await talk.signal(STOP, StopRequest(at=later(talk), user="U1"))

    assert await talk.answered() == [errors.sentence(errors.STOPPED)]
    assert rehearsal.cast.asked == []
    rehearsal.cast.opening = None
    assert await talk.ask(later(talk, 2), "second") == "yes"


async def test_a_question_that_is_deleted_is_not_answered(rehearsal: Rehearsal) -> None:
    talk = await being_opened(rehearsal)

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=root(talk), at=later(talk), deleted=True))

    await talk.answered()
    assert talk.answers[0].withdrawn
    assert rehearsal.cast.asked == []


# What is decided before the model is asked


async def test_names_that_are_still_unknown_are_looked_up_first(rehearsal: Rehearsal) -> None:
    await ask(rehearsal, "and <@U9>?")

    assert rehearsal.cast.looked_up == [["U9"]]
    assert [lines(contents) for contents in rehearsal.cast.read] == [["anna: and @u9?"]]


async def test_a_name_that_was_not_found_in_time_is_not_waited_for_again(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, nameless=["U9"]) as rehearsal:
        await ask(rehearsal, "and <@U9>?")

        assert rehearsal.cast.looked_up == []
        assert [lines(contents) for contents in rehearsal.cast.read] == [["anna: and @U9?"]]


async def test_names_that_can_never_be_looked_up_are_left_out_of_the_question(rehearsal: Rehearsal) -> None:
    rehearsal.cast.looking_up_fails = 1

    assert await ask(rehearsal, "and <@U9>?") == "yes"

    assert [lines(contents) for contents in rehearsal.cast.read] == [["anna: and @U9?"]]


async def test_an_opening_that_can_never_be_done_ends_in_a_plain_notice_and_the_next_question_opens_anew(
    rehearsal: Rehearsal,
) -> None:
    async def fails() -> None:
        raise errors.final(errors.OUT_OF_TIME, "took too long")

    rehearsal.cast.opening = fails
    talk = begun(rehearsal)
    told = await talk.ask(root(talk), "first")
    rehearsal.cast.opening = None

    assert told == errors.sentence(errors.OUT_OF_TIME)
    assert await talk.ask(later(talk), "second") == "yes"
    assert len(rehearsal.cast.opens) == 2


async def test_nobody_who_may_not_talk_to_the_agent_gets_the_model_asked(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, refused={"U1": "Guests may not."}) as rehearsal:
        talk = begun(rehearsal)
        await talk.say(root(talk), "hello")
        await rehearsal.until(lambda: rehearsal.cast.told)

        assert [request.text for request in rehearsal.cast.told] == ["Guests may not."]
        assert (rehearsal.cast.asked, rehearsal.cast.said) == ([], [])


async def test_a_mention_without_words_is_greeted(rehearsal: Rehearsal) -> None:
    assert await ask(rehearsal, "<@UBOT>") == "Hello!"

    assert rehearsal.cast.asked == []


@pytest.mark.parametrize(("seconds", "is_read"), [(0, False), (1, True)])
async def test_the_past_of_a_thread_is_read_where_it_may_have_one(
    rehearsal: Rehearsal, seconds: int, *, is_read: bool
) -> None:
    talk = begun(rehearsal)
    await talk.ask(later(talk, seconds))

    assert (rehearsal.cast.opens[0].earlier_than is not None) == is_read
