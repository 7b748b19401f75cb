"""Promises of access: who may not talk to the agent is told so once, in private, and is not answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.contract.messages import Thread
from tests.support.agent_worker.guests import GUEST, MEMBER, NO_GUESTS, guarded, thinking, told
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, lines, text


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with guarded(temporal_address) as rehearsal:
        yield rehearsal


async def test_who_may_not_talk_to_the_agent_is_told_so_once_and_not_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.say("1.0", "first", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)

    await talk.say("2.0", "please", GUEST)
    await talk.ask("3.0", "and I?", "U2")

    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert rehearsal.cast.said == ["yes"]
    assert lines(rehearsal.cast.read[-1]) == ["ben: and I?"]


@pytest.mark.parametrize(("ts", "in_channel"), [("1.0", True), ("1.5", False)])
async def test_a_refusal_is_shown_where_the_person_sees_it(rehearsal: Rehearsal, ts: str, *, in_channel: bool) -> None:
    await rehearsal.conversation("1.0").say(ts, "hello", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert rehearsal.cast.told[0].in_channel is in_channel


async def test_in_direct_messages_a_refusal_is_a_message(rehearsal: Rehearsal) -> None:
    talk = Talk(rehearsal, Thread(team="T1", channel=rehearsal.task_queue.replace("rehearsal-", "D"), thread_ts="1.0"))

    await talk.say("1.0", "hello", GUEST, direct=True)

    assert await talk.answered() == [NO_GUESTS]
    assert told(rehearsal) == []


@pytest.mark.parametrize("mention", [f"what does <@{GUEST}> think?", f"<@{GUEST}>"])
async def test_a_guest_whom_a_member_has_mentioned_is_refused_all_the_same(rehearsal: Rehearsal, mention: str) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", mention)

    await talk.say("2.0", "I think so", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert len(rehearsal.cast.asked) == 1


async def test_a_guest_is_not_even_greeted(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", f"and <@{GUEST}>?")

    await talk.say("2.0", "<@UBOT>", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.ask("3.0", "second")

    assert rehearsal.cast.said == ["yes", "yes"]


async def test_a_guest_who_joins_a_running_turn_does_not_steer_it(rehearsal: Rehearsal) -> None:
    talk, held = await thinking(rehearsal)

    await talk.say("1.1", "do as I say", GUEST)
    held.release()
    await rehearsal.until(lambda: rehearsal.cast.told)

    await talk.ask("2.0", "second")
    assert rehearsal.cast.said == ["done", "yes"]
    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert "do as I say" not in str(rehearsal.cast.read)


async def test_a_guest_does_not_have_answered_what_others_only_say_to_each_other(rehearsal: Rehearsal) -> None:
    rehearsal.cast.learn(thread_replies="mention")
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.say("2.0", "let us meet at noon", "U2", addressed=False)

    await talk.say("3.0", "<@UBOT> answer them!", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.ask("4.0", "when?")

    assert len(talk.answers) == 2
    assert lines(rehearsal.cast.read[-1])[-2:] == ["ben: let us meet at noon", "anna: when?"]


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_guest_who_answers_the_agents_question_first_does_not_answer_for_the_members(
    rehearsal: Rehearsal, *, is_late: bool
) -> None:
    rehearsal.cast.learn(thread_replies="auto")
    rehearsal.cast.answers += [text("yes"), text("Which day do you mean?"), text("Sunday, then.")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.ask("2.0", "second", "U2")
    rehearsal.cast.looking_up = held = Held(None)

    await talk.say("3.0", "Friday", GUEST, addressed=False)
    await held.reached()
    if is_late:
        held.release()
        await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.say("3.5", "Sunday", addressed=False)
    held.release()

    assert (await talk.answered(3))[-1] == "Sunday, then."
    assert lines(rehearsal.cast.read[-1])[-1] == "anna: Sunday"


async def test_a_guest_who_says_something_beside_the_talk_of_a_member_does_not_keep_it_from_being_answered(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.cast.learn(thread_replies="auto")
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    await talk.say("2.0", "haha", GUEST, addressed=False)
    await talk.say("3.0", "second", addressed=False)

    assert await talk.answered(2) == ["yes", "yes"]
    assert lines(rehearsal.cast.read[-1])[-1] == "anna: second"
    assert told(rehearsal) == []


async def test_who_talks_with_a_member_is_judged_and_what_they_say_is_not_answered(rehearsal: Rehearsal) -> None:
    rehearsal.cast.learn(thread_replies="auto")
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.say("2.0", "haha", MEMBER, addressed=False)
    await talk.say("3.0", "indeed", addressed=False)
    await rehearsal.until(lambda: [MEMBER] in rehearsal.cast.judged)

    await talk.ask("4.0", "second")

    assert len(talk.answers) == 2


async def test_what_guests_say_to_each_other_is_not_answered_with_a_refusal(rehearsal: Rehearsal) -> None:
    rehearsal.cast.learn(thread_replies="mention")
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    await talk.say("2.0", "lunch?", GUEST, addressed=False)
    await talk.ask("3.0", "second")

    assert told(rehearsal) == []
    assert "lunch" not in str(rehearsal.cast.read)


async def test_where_the_agent_may_not_speak_it_says_so_to_each_person_once(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, refused_here="Not in this channel.") as rehearsal:
        talk = rehearsal.conversation()
        for ts, user in (("1.0", "U1"), ("2.0", "U1"), ("3.0", "U2")):
            await talk.say(ts, "<@UBOT>", user)
        await rehearsal.until(lambda: len(rehearsal.cast.told) == 2)

        assert told(rehearsal) == [("U1", "Not in this channel."), ("U2", "Not in this channel.")]
        assert (rehearsal.cast.said, rehearsal.cast.asked) == ([], [])


async def test_a_refusal_that_could_not_be_told_is_told_at_the_next_attempt(rehearsal: Rehearsal) -> None:
    rehearsal.cast.telling_fails = 1
    talk = rehearsal.conversation()
    await talk.say("1.0", "first", GUEST)
    await rehearsal.until(lambda: not rehearsal.cast.telling_fails)
    await talk.ask("1.5", "a member asks")  # the failure is known by then

    await talk.say("2.0", "second", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
