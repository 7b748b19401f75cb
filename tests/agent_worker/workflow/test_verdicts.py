"""Promises of verdicts: they expire, so that a changed setting, or a person who has become a guest, counts soon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.contract.messages import MessageChange, TryAgain
from agent_worker.contract.names import (
    MEMO_TITLE,
    MESSAGE_CHANGED,
    TRY_AGAIN,
)
from agent_worker.payloads import errors
from agent_worker.workflow.access import ASK_AGAIN
from agent_worker.workflow.release_0_2 import Patch
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.guests import (
    DEEDS,
    GUEST,
    MEMBER,
    NO_GUESTS,
    Expire,
    does,
    guarded,
    memo,
    thinking,
    told,
)
from tests.support.agent_worker.question_talk import asked, item, nothing_is_under_way, wondering
from tests.support.agent_worker.rehearsal import Held, Rehearsal, lines
from tests.support.slackbot.conversations import eventually


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with guarded(temporal_address) as rehearsal:
        yield rehearsal


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


async def test_a_reply_of_a_person_who_may_no_longer_talk_to_the_agent_does_not_answer_what_the_model_asks(
    rehearsal: Rehearsal, expire: Expire
) -> None:
    talk = await asked(rehearsal, wondering("Which one?", "red", "blue"))
    rehearsal.cast.refused["U1"] = NO_GUESTS
    expire()

    await talk.say("7.0", "green, please")
    await rehearsal.until(lambda: rehearsal.cast.told)
    await eventually(lambda: nothing_is_under_way(talk))

    assert told(rehearsal) == [("U1", NO_GUESTS)]
    assert (item(rehearsal).outcome, len(rehearsal.cast.read)) == ("waiting", 1)


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
