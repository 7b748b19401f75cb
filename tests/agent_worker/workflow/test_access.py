"""Promises of access: who may not talk to the agent changes nothing, however tried, and is told so once, in private."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import BaseModel

from agent_worker.contract.messages import Feedback, MessageChange, Renamed, StopRequest, Thread, TryAgain
from agent_worker.contract.names import (
    FEEDBACK,
    MEMO_FEEDBACK,
    MEMO_TITLE,
    MESSAGE_CHANGED,
    RENAMED,
    STOP,
    TRY_AGAIN,
)
from agent_worker.conversation.participants import Verdict
from agent_worker.payloads import errors
from agent_worker.workflow.access import ASK_AGAIN
from agent_worker.workflow.agent import THANKS
from agent_worker.workflow.release_0_2 import Patch
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, Talk, lines, text

NO_GUESTS = "Guests cannot talk to me."
STOPPED = errors.sentence(errors.STOPPED)
GUEST, MEMBER = "U9", "U3"  # of whom the conversation knows nothing yet
CLOSES_WITHIN = 20.0  # seconds
Expire = Callable[[], None]


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address) as rehearsal:
        rehearsal.cast.refused[GUEST] = NO_GUESTS
        yield rehearsal


def told(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(request.user, request.text) for request in rehearsal.cast.told]


async def memo(talk: Talk) -> dict[str, Any]:
    return dict(await (await talk.handle.describe()).memo())


async def thinking(rehearsal: Rehearsal, said: str = "first") -> tuple[Talk, Held]:
    """A conversation whose first turn waits in its model call."""
    held = Held(text("done"))
    rehearsal.cast.answers.append(held)
    talk = rehearsal.conversation()
    await talk.say("1.0", said)
    await held.reached()
    return talk, held


async def does(talk: Talk, user: str, *deeds: tuple[str, BaseModel]) -> None:
    for signal, deed in deeds:
        await talk.signal(signal, deed.model_copy(update={"user": user}))


# Messages


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


# Deeds: who may not, changes nothing

DEEDS = {
    "stop button": (STOP, StopRequest(at="1.5", user="")),
    "the word stop": (STOP, StopRequest(at="1.5", user="", said="1.5")),
    "the word stop to nobody": (STOP, StopRequest(at="1.5", user="", said="1.5", addressed=False)),
    "feedback": (FEEDBACK, Feedback(turn="1.0", user="", value="bad", at="1.5")),
    "try again": (TRY_AGAIN, TryAgain(turn="1.0", user="", at="1.5")),
    "title": (RENAMED, Renamed(title="Owned")),
}


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
        await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)

        await talk.click(FEEDBACK, Feedback(turn="1.0", user=GUEST, value="good", at="1.5"))
        await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)

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

    held.release()

    await talk.answered()
    assert lines(rehearsal.cast.read[-1]) == ["anna: after"]
    assert sorted(talk.answers[0].answers) == ["1.0", "2.0"]


async def idle(rehearsal: Rehearsal) -> None:
    """Waits until a conversation that begins now has closed for want of messages: all older ones would, too."""
    pilot = rehearsal.conversation()
    await pilot.ask("1.0")
    await asyncio.wait_for(pilot.handle.result(), CLOSES_WITHIN)


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
        await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)

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
        await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)

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


# Verdicts expire


@pytest.fixture
def expire(monkeypatch: pytest.MonkeyPatch) -> Expire:
    """Makes all verdicts expire that were given before it is called."""
    moments: list[float] = []

    def is_fresh(verdict: Verdict, now: float) -> bool:
        return not any(verdict.at < moment <= now for moment in moments)

    monkeypatch.setattr(Verdict, "is_fresh", is_fresh)
    return lambda: moments.append(time.time())


async def test_a_member_who_becomes_a_guest_is_refused_in_an_open_conversation_and_readmitted(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    rehearsal.cast.refused["U1"] = NO_GUESTS
    expire()
    await talk.say("2.0", "second")
    await rehearsal.until(lambda: rehearsal.cast.told)
    del rehearsal.cast.refused["U1"]
    expire()
    await talk.ask("3.0", "third")

    assert told(rehearsal) == [("U1", NO_GUESTS)]
    assert lines(rehearsal.cast.read[-1]) == ["anna: first", "yes", "anna: third"]


async def test_an_edit_by_a_person_who_may_no_longer_talk_to_the_agent_takes_the_old_words_away_and_brings_no_new_ones(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "secret")
    rehearsal.cast.refused["U1"] = NO_GUESTS
    expire()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="edited", user="U1"))
    await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.ask("2.0", "and now?", "U2")

    assert told(rehearsal) == [("U1", NO_GUESTS)]
    assert lines(rehearsal.cast.read[-1]) == ["ben: and now?"]


async def test_an_edit_while_it_is_answered_by_a_person_who_may_no_longer_talk_to_the_agent_withdraws_the_question(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk, _ = await thinking(rehearsal)
    rehearsal.cast.refused["U1"] = NO_GUESTS
    expire()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="edited"))
    await talk.answered()

    assert talk.answers[0].withdrawn
    assert (told(rehearsal), len(rehearsal.cast.asked)) == ([("U1", NO_GUESTS)], 1)


async def test_whoever_may_no_longer_talk_to_the_agent_can_still_delete(rehearsal: Rehearsal, expire: Expire) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "secret")
    rehearsal.cast.refused["U1"] = NO_GUESTS
    expire()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", deleted=True, user="U1"))
    await talk.ask("2.0", "and now?", "U2")

    assert told(rehearsal) == []
    assert lines(rehearsal.cast.read[-1]) == ["ben: and now?"]


async def test_an_edit_by_a_member_counts_in_a_long_turn_too(rehearsal: Rehearsal, expire: Expire) -> None:
    talk, _ = await thinking(rehearsal)
    expire()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.5", text="edited"))

    assert await talk.answered() == ["yes"]
    assert lines(rehearsal.cast.read[-1])[-1].endswith("edited")


async def test_a_member_whose_verdict_expires_while_another_person_is_judged_is_heard_all_the_same(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk, held = await thinking(rehearsal)
    rehearsal.cast.most_judged = 1
    rehearsal.cast.looking_up = judging = Held(None)
    await talk.say("2.0", "from the one", user="U101")
    await talk.say("2.1", "from the other", user="U102")
    held.release()
    await judging.reached()
    rehearsal.cast.looking_up = judging_the_other = Held(None)
    judging.release()
    await judging_the_other.reached()

    expire()
    judging_the_other.release()

    await talk.answered(2)
    assert lines(rehearsal.cast.read[-1])[-2:] == ["u101: from the one", "u102: from the other"]


async def test_an_app_is_no_longer_answered_where_the_agent_may_no_longer_speak(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = rehearsal.conversation()
    await talk.say("1.0", "beep", "B5", from_app=True)
    await talk.answered()

    rehearsal.cast.learn(refused_here="Not in this channel.")
    expire()
    await talk.say("2.0", "beep", "B5", from_app=True)
    await talk.say("3.0", "and I?")
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert (len(rehearsal.cast.asked), told(rehearsal)) == (1, [("U1", "Not in this channel.")])


async def test_a_conversation_in_which_people_were_judged_is_replayed_the_same(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk, held = await thinking(rehearsal)
    await does(talk, GUEST, *DEEDS.values())
    await does(talk, MEMBER, DEEDS["feedback"], DEEDS["title"])
    await rehearsal.until(lambda: len(rehearsal.cast.told) == 2)
    held.release()
    await talk.answered()
    expire()
    await talk.ask("3.0", "again", "U2")

    await replay(await talk.handle.fetch_history())


async def test_a_conversation_of_release_0_2_is_judged_from_now_on(
    rehearsal: Rehearsal, expire: Expire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had admitted without a verdict is replayed so, and counts for nothing after that."""
    talk = rehearsal.conversation()
    with monkeypatch.context() as release_0_2:
        release_0_2.setattr(Patch, "applies", lambda patch: False)
        await talk.ask("1.0", f"and <@{GUEST}>?")
        await talk.ask("2.0", "answered as a guest was then", GUEST)
        expire()
        await talk.ask("3.0", "third")
        await does(talk, GUEST, DEEDS["title"])
        await talk.ask("3.5", "the title is taken by now")
        await rehearsal.leave()
    expire()

    await rehearsal.come_back()
    await talk.say("4.0", "not any more", GUEST)
    await rehearsal.until(lambda: rehearsal.cast.told)
    await talk.ask("5.0", "last")

    assert (told(rehearsal), len(talk.answers)) == ([(GUEST, NO_GUESTS)], 5)
    assert (await memo(talk))[MEMO_TITLE] == "Owned"
    await replay(await talk.handle.fetch_history())


async def test_people_who_could_not_be_judged_at_once_are_asked_about_until_all_are(rehearsal: Rehearsal) -> None:
    talk, held = await thinking(rehearsal)
    rehearsal.cast.most_judged = 2
    for number in range(5):
        await talk.say(f"2.{number}", f"from {number}", user=f"U10{number}")

    held.release()

    await talk.answered(2)
    asked = [len(people) for people in rehearsal.cast.judged]
    assert asked[-3:] == [2, 2, 1]
    assert len([line for line in lines(rehearsal.cast.read[-1]) if ": from " in line]) == 5


async def test_a_message_is_not_lost_if_its_authors_verdict_expires_while_another_author_is_judged(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk, held = await thinking(rehearsal)
    rehearsal.cast.most_judged = 1
    rehearsal.cast.judged = ExpiresAt(2, expire)
    await talk.say("2.0", "one", user=MEMBER)
    await talk.say("2.1", "two", user="U4")

    held.release()

    await talk.answered(2)
    assert rehearsal.cast.judged[-3:] == [[MEMBER], ["U4"], [MEMBER]]
    assert [line.partition(": ")[2] for line in lines(rehearsal.cast.read[-1])][-2:] == ["one", "two"]


class ExpiresAt(list[list[str]]):
    """The people about whom the worker is asked; all verdicts expire when it is asked for the time `number`."""

    def __init__(self, number: int, expire: Expire) -> None:
        super().__init__()
        self._number = number
        self._expire = expire

    def append(self, people: list[str]) -> None:
        super().append(people)
        if len(self) == self._number:
            self._expire()


async def test_a_person_who_can_never_be_judged_is_told_so_plainly_and_not_answered(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    rehearsal.cast.looking_up_fails = 1

    told = await talk.ask("2.0", "may I?", user=MEMBER)

    assert told == errors.sentence(errors.OUT_OF_TIME)
    assert not any("may I?" in line for contents in rehearsal.cast.read for line in lines(contents))
    assert await talk.ask("3.0", "and now?", user=MEMBER) == "yes"


async def test_who_presses_and_can_never_be_judged_is_asked_to_press_again(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    rehearsal.cast.looking_up_fails = 1

    await talk.signal(TRY_AGAIN, TryAgain(turn="1.0", user=MEMBER, at="2.0"))

    await rehearsal.until(lambda: rehearsal.cast.told)
    assert told(rehearsal) == [(MEMBER, ASK_AGAIN)]
    assert len(rehearsal.cast.asked) == 1
