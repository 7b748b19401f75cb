"""Promises of links that are not read, or not to the end: nothing is left half shown, and they can be tried again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange, StopRequest, TryAgain
from agent_worker.contract.names import MESSAGE_CHANGED, STOP, TRY_AGAIN
from agent_worker.conversation.wording.linked import NOT_NOW, TOO_LONG, TURN_BYTES
from agent_worker.payloads import errors
from agent_worker.payloads.links import LinkContents, LinksRead, ReadLinks
from agent_worker.payloads.quotas import OverQuota
from agent_worker.payloads.thread import Author
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.linked_questions import FIRST, SECOND, TOLD, at, edited, objects, said
from tests.support.agent_worker.rehearsal import Deaf, Held, Rehearsal, Talk, calls, lines, result_of, text
from tests.support.slackbot.conversations import eventually

UNTOLD = TOLD.model_copy(update={"is_told": False})
AWAY = errors.final(errors.SLACK_REFUSED, "no_permission")


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address, tells_surroundings=True) as rehearsal:
        yield rehearsal


@pytest.fixture
def talk(rehearsal: Rehearsal) -> Talk:
    return rehearsal.conversation(f"{time.time():.6f}")


def unreadable(contents: list[Any]) -> list[str]:
    return [one["unreadable"] for one in objects(contents) if "unreadable" in one]


def over(quota: OverQuota) -> LinksRead:
    return LinksRead(contents=[], over_quota=quota)


async def try_again(talk: Talk, seconds: float, user: str = "U1") -> None:
    await talk.signal(TRY_AGAIN, TryAgain(turn=talk.answers[-1].turn, user=user, at=at(talk, seconds)))


# A turn without a place in the quotas


async def test_a_turn_that_has_no_place_and_ends_in_silence_shows_no_step(rehearsal: Rehearsal, talk: Talk) -> None:
    await talk.ask(at(talk, 0), "hello")
    rehearsal.cast.linked = over(UNTOLD)
    await talk.say(at(talk, 1), f"summarize <{FIRST}>")
    await rehearsal.until(lambda: rehearsal.cast.links_asked)
    rehearsal.cast.linked = None
    await talk.ask(at(talk, 2), "are you there?")

    assert rehearsal.cast.shown == []


async def test_a_notice_that_there_is_no_place_shows_no_step_and_offers_to_try_again(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    await talk.ask(at(talk, 0), "hello")
    rehearsal.cast.linked = over(TOLD)
    await talk.ask(at(talk, 1), f"summarize <{FIRST}>")

    assert (talk.answers[-1].progress, talk.answers[-1].offers_again) == (None, True)

    rehearsal.cast.linked = None
    await try_again(talk, 2)
    assert (await talk.answered(3))[-1] == "yes"
    assert said(rehearsal.cast.read[-1])[-2:] == [f"summarize {FIRST}", FIRST]
    assert unreadable(rehearsal.cast.read[-1]) == []


# Trying again


async def test_who_tries_again_has_the_link_read_that_could_not_be_read(rehearsal: Rehearsal, talk: Talk) -> None:
    rehearsal.cast.linked = AWAY
    await talk.ask(at(talk, 0), f"summarize <{FIRST}>")
    rehearsal.cast.linked = None

    await try_again(talk, 1, "U2")
    await talk.answered(2)

    assert [request.askers for request in rehearsal.cast.links_asked] == [[Author(id="U1")], [Author(id="U2")]]
    assert said(rehearsal.cast.read[-1]) == [f"summarize {FIRST}", FIRST]
    assert unreadable(rehearsal.cast.read[-1]) == []
    await replay(await talk.handle.fetch_history())


async def test_what_was_read_or_may_not_be_read_is_not_read_again(rehearsal: Rehearsal, talk: Talk) -> None:
    private = json.dumps({"link": SECOND, "unreadable": "You cannot see it."})
    contents = [LinkContents(url=FIRST, line=json.dumps({"link": FIRST}), title="A message")]
    contents += [LinkContents(url=SECOND, line=private, title="A link", failed=True)]
    rehearsal.cast.linked = LinksRead(contents=contents)
    await talk.ask(at(talk, 0), f"summarize <{FIRST}> and <{SECOND.replace('&', '&amp;')}>")

    await try_again(talk, 1)
    await talk.answered(2)

    assert len(rehearsal.cast.links_asked) == 1
    assert unreadable(rehearsal.cast.read[-1]) == ["You cannot see it."]


async def test_a_question_that_is_deleted_while_its_link_is_tried_again_is_not_asked(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    rehearsal.cast.linked = AWAY
    ts = at(talk, 0)
    await talk.ask(ts, f"summarize <{FIRST}>")
    rehearsal.cast.linked = reading = Held(None)
    await try_again(talk, 1)
    await reading.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=ts, at=at(talk, 2), deleted=True, user="U1"))
    await rehearsal.until(lambda: len(rehearsal.cast.delivered) == 2)
    reading.release()

    assert len(rehearsal.cast.asked) == 1
    assert rehearsal.cast.delivered[-1].withdrawn


# What happens meanwhile


async def test_an_edit_that_takes_out_the_link_does_not_wait_for_it(rehearsal: Rehearsal, talk: Talk) -> None:
    rehearsal.cast.linked = Held(None)  # for ever
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await rehearsal.cast.linked.reached()

    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, "what day is it?"))

    assert await talk.answered() == ["yes"]
    assert said(rehearsal.cast.read[-1]) == ["what day is it?"]
    assert talk.answers[0].progress is not None
    assert [step.state for step in talk.answers[0].progress.steps] == ["error"]


async def test_an_edit_that_puts_in_another_link_has_that_one_read(rehearsal: Rehearsal, talk: Talk) -> None:
    rehearsal.cast.linked = reading = Held(None)
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await reading.reached()
    rehearsal.cast.linked = None

    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"summarize <{SECOND.replace('&', '&amp;')}>"))
    await talk.answered()

    assert said(rehearsal.cast.read[-1]) == [f"summarize {SECOND}", SECOND]


async def test_a_question_that_joins_and_is_deleted_while_its_link_is_read_is_not_waited_for(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    opening = Held(None)
    rehearsal.cast.opening, rehearsal.cast.linked = opening, Held(None)
    await talk.say(at(talk, 0), "what day is it?")
    await opening.reached()
    await talk.say(at(talk, 1), f"summarize <{FIRST}>")
    opening.release()
    await rehearsal.cast.linked.reached()

    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=at(talk, 1), at=at(talk, 2), deleted=True, user="U1"))

    assert await talk.answered() == ["yes"]
    assert said(rehearsal.cast.read[-1]) == ["what day is it?"]


async def test_an_edit_after_a_tool_has_run_brings_its_link_once_and_last(rehearsal: Rehearsal, talk: Talk) -> None:
    slow = Held({"output": "done"})
    rehearsal.cast.tools["slow"] = slow
    rehearsal.cast.answers += [calls("slow"), text("Done.")]
    ts = at(talk, 0)
    await talk.say(ts, "look it up")
    await slow.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"look at <{FIRST}>"))
    slow.release()
    await talk.answered()

    told = said(rehearsal.cast.read[-1])
    assert (told.count(FIRST), told[-1]) == (1, FIRST)


async def test_an_edit_of_a_question_whose_link_was_read_is_told_once_and_its_answer_is_kept(
    rehearsal: Rehearsal, talk: Talk
) -> None:
    thinking = Held(text("too early"))
    rehearsal.cast.answers += [thinking, text("A plan.")]
    ts = at(talk, 0)
    await talk.say(ts, f"summarize <{FIRST}>")
    await thinking.reached()
    await talk.signal(MESSAGE_CHANGED, edited(talk, ts, f"please summarize <{FIRST}>"))
    await talk.answered()
    await talk.ask(at(talk, 100), "thanks")

    assert said(rehearsal.cast.read[1]) == [f"please summarize {FIRST}", FIRST]
    assert lines(rehearsal.cast.read[2])[-2] == "A plan."
    assert len(rehearsal.cast.links_asked) == 1


async def test_a_turn_that_is_stopped_just_when_its_link_is_read_asks_nothing(rehearsal: Rehearsal, talk: Talk) -> None:
    rehearsal.cast.linked = reading = Deaf(None)
    await talk.say(at(talk, 0), f"summarize <{FIRST}>")
    await reading.reached()

    await talk.signal(STOP, StopRequest(at=at(talk, 1), user="U1"))
    await talk.answered()

    assert rehearsal.cast.asked == []


async def test_a_stopped_turn_is_over_only_when_no_step_is_being_shown(rehearsal: Rehearsal, talk: Talk) -> None:
    rehearsal.cast.linked, rehearsal.cast.shown_at = Held(None), (showing := Held("5.5"))
    await talk.say(at(talk, 0), f"summarize <{FIRST}>")
    await asyncio.gather(rehearsal.cast.linked.reached(), showing.reached())

    await talk.signal(STOP, StopRequest(at=at(talk, 1), user="U1"))
    await eventually(lambda: talk.are_under_way("show_progress"))
    showing.release()
    await talk.answered()

    assert talk.answers[0].progress is not None
    assert talk.answers[0].progress.ts == "5.5"


# Bounds


async def test_after_a_link_that_could_not_be_read_no_other_one_is_waited_for(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, tells_surroundings=True) as rehearsal:
        talk = rehearsal.conversation(f"{time.time():.6f}")
        opening = Held(None)
        rehearsal.cast.opening, rehearsal.cast.linked = opening, AWAY
        await talk.say(at(talk, 0), f"<{FIRST}>")
        await opening.reached()
        await talk.say(at(talk, 1), f"<{SECOND.replace('&', '&amp;')}>")
        opening.release()
        await talk.answered()

        assert len(rehearsal.cast.links_asked) == 1
        assert unreadable(rehearsal.cast.read[-1]) == [NOT_NOW] * 2


async def test_what_the_links_of_one_turn_lead_to_is_bounded(rehearsal: Rehearsal, talk: Talk) -> None:
    def long(url: str) -> LinkContents:
        line = json.dumps({"link": url, "messages": [{"text": "x" * (TURN_BYTES // 2)}]})
        return LinkContents(url=url, line=line, title="A message")

    async def read(request: ReadLinks) -> LinksRead:
        return LinksRead(contents=[long(link.url) for link in request.links])

    rehearsal.cast.linked = read
    await talk.ask(at(talk, 0), f"<{FIRST}> <{SECOND.replace('&', '&amp;')}>")

    assert unreadable(rehearsal.cast.read[-1]) == [TOO_LONG]


async def test_a_terminal_reads_no_links(rehearsal: Rehearsal) -> None:
    talk = rehearsal.terminal()
    handle = await talk.say("1.0", f"summarize {FIRST}", user="")

    assert await result_of(handle) == "yes"
    assert rehearsal.cast.links_asked == []
