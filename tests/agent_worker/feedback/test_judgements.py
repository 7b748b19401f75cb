"""Promises about feedback: it can be read at any time, also of closed conversations, and each opinion counts once."""

from __future__ import annotations

import asyncio

from agent_worker.contract.messages import Feedback, MessageChange
from agent_worker.contract.names import FEEDBACK, MESSAGE_CHANGED
from agent_worker.feedback.judgements import Judgement, judgements
from tests.support.agent_worker.rehearsal import SECOND, Rehearsal, Talk, result_of

LISTED_WITHIN = 20.0  # seconds


async def is_exported(rehearsal: Rehearsal, opinions: list[tuple[str, str, str]]) -> list[Judgement]:
    """Returns them once exactly these can be read: Temporal's list is a moment behind."""
    async with asyncio.timeout(LISTED_WITHIN):
        while [*map(opinion, found := await read(rehearsal))] != opinions:  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)
    return found


async def read(rehearsal: Rehearsal) -> list[Judgement]:
    return await judgements(rehearsal.client, rehearsal.task_queue)


def opinion(one: Judgement) -> tuple[str, str, str]:
    return (one.thread.channel, one.feedback.user, one.feedback.value)


async def press(talk: Talk, user: str, value: str, at: str, reason: str = "") -> None:
    fields = {"turn": "1.0", "user": user, "value": value, "at": at} | ({"reason": reason} if reason else {})
    await talk.click(FEEDBACK, Feedback.model_validate(fields))


async def test_the_newest_opinion_of_each_person_is_exported_whatever_run_it_was_given_in(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk, other = rehearsal.conversation(), rehearsal.conversation()
        await talk.ask("1.0")
        await press(talk, "U1", "good", "1.5")
        await press(talk, "U2", "good", "1.6")
        await press(other, "U1", "good", "1.7")
        await result_of(talk.handle)

        await press(talk, "U1", "bad", "2.5")

        channel = talk.thread.channel
        found = await is_exported(
            rehearsal, [(channel, "U2", "good"), (other.thread.channel, "U1", "good"), (channel, "U1", "bad")]
        )
        assert [one.turn.answer if one.turn else None for one in found] == [
            talk.answers[0].text,
            None,
            talk.answers[0].text,
        ]


async def test_the_reason_comes_with_the_judgement_and_the_turn_that_it_is_about(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = rehearsal.conversation()
        answer = await talk.ask("1.0", "what is it?")
        await press(talk, "U1", "bad", "1.5")
        await press(talk, "U1", "bad", "1.5", "It is not a haiku.")
        await press(talk, "U2", "bad", "1.6")

        found = await is_exported(rehearsal, [(talk.thread.channel, user, "bad") for user in ("U1", "U2")])

        assert [one.feedback.reason for one in found] == ["It is not a haiku.", ""]
        turn = found[0].turn
        assert turn is not None
        assert (turn.answer, turn.is_over) == (answer, True)
        assert [message.text for message in found[0].talk.question(turn)] == ["what is it?"]


async def test_of_a_question_that_was_deleted_only_the_judgement_is_left(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0", "a secret")
        await press(talk, "U1", "bad", "1.5")

        await talk.click(MESSAGE_CHANGED, MessageChange(ts="1.0", at="1.7", deleted=True, user="U1"))

        (found,) = await is_exported(rehearsal, [(talk.thread.channel, "U1", "bad")])
        assert found.turn is None
        assert found.talk.messages == {}
