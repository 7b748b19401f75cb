"""Promises of access to everything but messages: who may not, changes nothing; who may, is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import BaseModel

from agent_worker.contract.messages import Feedback, Renamed, StopRequest, TryAgain
from agent_worker.contract.names import (
    FEEDBACK,
    MEMO_FEEDBACK,
    MEMO_TITLE,
    RENAMED,
    STOP,
    TRY_AGAIN,
)
from agent_worker.workflow.agent import THANKS
from tests.support.agent_worker.guests import (
    DEEDS,
    GUEST,
    MEMBER,
    NO_GUESTS,
    STOPPED,
    does,
    guarded,
    memo,
    thinking,
    told,
)
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, lines, result_of
from tests.support.slackbot.conversations import eventually


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with guarded(temporal_address) as rehearsal:
        yield rehearsal


# Deeds: who may not, changes nothing


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
async def test_during_a_turn_a_guest_changes_nothing_and_is_told_so(
    rehearsal: Rehearsal, deed: tuple[str, BaseModel]
) -> None:
    talk, held = await thinking(rehearsal)

    await does(talk, GUEST, deed)
    await rehearsal.until(lambda: rehearsal.cast.told)
    held.release()

    assert await talk.answered() == ["done"]
    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert (len(rehearsal.cast.asked), await memo(talk)) == (1, {})


@pytest.mark.parametrize("name", ["stop button", "the word stop", "feedback", "try again", "title"])
async def test_after_a_turn_a_guest_changes_nothing_and_is_told_so(rehearsal: Rehearsal, name: str) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await does(talk, GUEST, DEEDS[name])
    await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.ask("2.0", "second")

    assert rehearsal.cast.said == ["yes", "yes"]
    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert (len(rehearsal.cast.asked), await memo(talk)) == (2, {})


async def test_whatever_a_guest_tries_one_refusal_is_told_and_one_judgement_made(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    await does(talk, GUEST, *DEEDS.values())
    await rehearsal.until(lambda: rehearsal.cast.told)

    await does(talk, GUEST, *DEEDS.values())
    await talk.say("2.0", "me?", GUEST)
    await talk.ask("3.0", "second")

    assert told(rehearsal) == [(GUEST, NO_GUESTS)]
    assert rehearsal.cast.judged.count([GUEST]) == 1


async def test_a_click_of_a_guest_in_a_closed_conversation_is_not_kept_and_closes_it_again(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.refused[GUEST] = NO_GUESTS
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        await result_of(talk.handle)

        await talk.click(FEEDBACK, Feedback(turn="1.0", user=GUEST, value="good", at="1.5"))
        await result_of(talk.handle)

        assert (told(rehearsal), await memo(talk)) == ([(GUEST, NO_GUESTS)], {})


async def test_a_title_of_nobody_knows_whom_is_not_taken(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")

    await talk.signal(RENAMED, Renamed(title="Whose?"))
    await talk.ask("2.0")

    assert await memo(talk) == {}


async def test_after_a_guests_attempts_the_last_answer_can_still_be_tried_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.say("2.0", "second", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)

    await does(talk, "U1", (TRY_AGAIN, TryAgain(turn="1.0", user="", at="2.5")))

    assert await talk.answered(2) == ["yes", "yes"]
    assert lines(rehearsal.cast.read[-1]) == ["anna: first"]


# Deeds: who may, is heard


async def test_the_word_stop_of_an_allowed_app_counts(rehearsal: Rehearsal) -> None:
    talk, _ = await thinking(rehearsal)

    await talk.signal(STOP, StopRequest(at="1.5", user="B5", said="1.5", from_app=True))

    assert await talk.answered() == [STOPPED]


async def test_a_stop_of_a_member_whom_the_conversation_does_not_know_is_carried_out(rehearsal: Rehearsal) -> None:
    talk, _ = await thinking(rehearsal)

    await does(talk, MEMBER, DEEDS["stop button"])

    assert await talk.answered() == [STOPPED]
    assert rehearsal.cast.judged[-1] == [MEMBER]


async def test_a_stop_of_a_person_who_takes_part_waits_for_nobody(rehearsal: Rehearsal) -> None:
    talk, _ = await thinking(rehearsal)
    rehearsal.cast.looking_up = Held(None)

    await does(talk, "U1", DEEDS["stop button"])

    assert await talk.answered() == [STOPPED]


async def test_a_stop_that_is_judged_with_the_opening_ends_the_turn_in_words(rehearsal: Rehearsal) -> None:
    rehearsal.cast.looking_up = held = Held(None)  # so that only the opening judges
    talk = rehearsal.conversation()
    await rehearsal.leave()
    await talk.say("1.0", "first")
    await does(talk, "U1", DEEDS["stop button"])

    await rehearsal.come_back()

    assert await talk.answered() == [STOPPED]
    assert (talk.answers[0].answers, rehearsal.cast.asked) == (["1.0"], [])
    held.release()


async def test_a_stop_that_is_judged_late_drops_what_was_asked_before_it_and_nothing_else(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.cast.opening = held = Held(None)
    talk = rehearsal.conversation()
    await rehearsal.leave()
    for ts, said in (("1.0", "before"), ("2.0", "after")):
        await talk.say(ts, said)
    await does(talk, MEMBER, DEEDS["stop button"])
    await rehearsal.come_back()
    await held.reached()
    await rehearsal.until(lambda: [MEMBER] in rehearsal.cast.judged)
    await eventually(lambda: talk.are_under_way("open_conversation"))  # the stop is judged, and nothing else is

    held.release()

    await talk.answered()
    assert lines(rehearsal.cast.read[-1]) == ["anna: after"]
    assert sorted(talk.answers[0].answers) == ["1.0", "2.0"]


async def idle(rehearsal: Rehearsal) -> None:
    """Waits until a conversation that begins now has closed for want of messages: all older ones would, too."""
    pilot = rehearsal.conversation()
    await pilot.ask("1.0")
    await result_of(pilot.handle)


async def test_deeds_that_wait_are_done_in_their_order_before_the_conversation_closes(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.looking_up = held = Held(None)
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        opinions = [
            Feedback(turn="1.0", user=MEMBER, value=value, at=at) for value, at in (("bad", "1.5"), ("good", "1.6"))
        ]
        await does(talk, MEMBER, *((FEEDBACK, one) for one in opinions), (RENAMED, Renamed(title="Mine")))
        await held.reached()
        await idle(rehearsal)

        held.release()
        await result_of(talk.handle)

        kept = await memo(talk)
        assert ([one["value"] for one in kept[MEMO_FEEDBACK]], kept[MEMO_TITLE]) == (["good"], "Mine")
        assert told(rehearsal) == [(MEMBER, THANKS)]


async def test_a_deed_that_comes_while_somebody_else_is_told_of_a_refusal_is_done_before_the_conversation_closes(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.refused[GUEST] = NO_GUESTS
        rehearsal.cast.telling = telling = Held(None)
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        await does(talk, GUEST, (RENAMED, Renamed(title="Theirs")))
        await telling.reached()
        await idle(rehearsal)
        rehearsal.cast.looking_up = judging = Held(None)
        await does(talk, MEMBER, (RENAMED, Renamed(title="Mine")))
        await judging.reached()

        telling.release()
        await rehearsal.until(lambda: rehearsal.cast.told)
        judging.release()
        await result_of(talk.handle)

        assert (await memo(talk))[MEMO_TITLE] == "Mine"


async def test_try_again_at_the_moment_of_closing_is_answered(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        rehearsal.cast.looking_up = held = Held(None)
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        await does(talk, MEMBER, DEEDS["try again"])
        await held.reached()
        await idle(rehearsal)

        held.release()

        assert await talk.answered(2) == ["yes", "yes"]
