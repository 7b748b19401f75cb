"""Promises to several people in one thread: nobody is butted into, nothing is forgotten."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange
from agent_worker.contract.names import MESSAGE_CHANGED
from tests.support.agent_worker.rehearsal import Rehearsal, Talk, lines, text


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address, thread_replies="auto") as rehearsal:
        yield rehearsal


async def overheard(talk: Talk, ts: str, said: str, user: str = "U1", **more: Any) -> None:
    """A reply that mentions nobody."""
    await talk.say(ts, said, user, addressed=False, **more)


async def test_one_person_and_the_agent_need_no_mentions(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    await overheard(talk, "2.0", "second")

    assert await talk.answered(2) == ["yes", "yes"]


async def test_several_people_are_not_butted_into_and_are_heard_with_the_next_mention(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")

    await overheard(talk, "2.0", "let us meet at noon", "U2")
    await overheard(talk, "2.1", "fine with me")
    assert await talk.ask("3.0", "when do we meet?", "U2") == "yes"

    assert len(talk.answers) == 2
    assert lines(rehearsal.cast.read[-1])[-3:] == [
        "ben: let us meet at noon",
        "anna: fine with me",
        "ben: when do we meet?",
    ]


async def test_whoever_answers_the_agents_own_question_is_answered(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [text("yes"), text("Which day do you mean?"), text("Sunday, then.")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.ask("2.0", "second", "U2")

    await overheard(talk, "3.0", "Sunday")
    assert (await talk.answered(3))[-1] == "Sunday, then."

    await overheard(talk, "4.0", "thanks")
    await talk.ask("5.0", "now?")
    assert len(talk.answers) == 4


async def test_people_who_spoke_before_the_agent_came_count(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, thread_replies="auto", people=["U2"]) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.5", "join us")

        await overheard(talk, "2.0", "not for you")
        await talk.ask("3.0", "but this is")

        assert len(talk.answers) == 2


@pytest.mark.parametrize(("setting", "answers"), [("all", 3), ("mention", 2)])
async def test_a_setting_decides_otherwise(temporal_address: str, setting: str, answers: int) -> None:
    async with Rehearsal(temporal_address, thread_replies=setting) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0", "first")
        await overheard(talk, "2.0", "second", "U2")
        await rehearsal.until(lambda: setting == "mention" or len(talk.answers) == 2)

        await talk.ask("3.0", "third")

        assert len(talk.answers) == answers


async def test_a_reply_that_reopens_a_closed_conversation_of_several_is_only_heard(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, thread_replies="auto", people=["U1", "U2"]) as rehearsal:
        talk = rehearsal.conversation()
        await overheard(talk, "2.0", "not for you")
        await rehearsal.until(lambda: rehearsal.cast.opens)

        await talk.ask("3.0", "but this is")

        assert [request.answers for request in talk.answers] == [["2.0", "3.0"]]


async def test_what_is_overheard_can_be_taken_back(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await overheard(talk, "2.0", "oops", "U2")
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="2.0", at="2.5", deleted=True))

    await talk.ask("3.0", "now")

    assert "oops" not in str(rehearsal.cast.read)


# What they have open


async def test_the_model_hears_which_channel_somebody_looks_at_when_that_changes(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()
    for ts, channel in (("1.0", "C5"), ("2.0", "C5"), ("3.0", "C6")):
        await talk.say(ts, "what is new here?", looking_at=channel)
        await talk.answered(int(float(ts)))

    texts = [part["text"] for content in rehearsal.cast.read[-1] for part in content["parts"]]
    told = [json.loads(text) for text in texts if "open beside" in text]
    assert [(one["from"], one["channel"], one["channel_id"]) for one in told] == [
        ("anna", "c5", "C5"),
        ("anna", "c6", "C6"),
    ]


async def test_what_was_asked_out_of_sight_is_repeated_before_the_answer(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation()

    await talk.say("1.0", "explain this", unseen=True, attachments=[{"author_name": "Ben", "text": "E42 again"}])

    await talk.answered()
    assert talk.answers[0].preface == "> <@U1> asks: explain this\n\n"
    assert lines(rehearsal.cast.read[-1]) == ["anna: explain this\nBen: E42 again"]
