"""Promises about feedback: it can be read at any time, also of closed conversations, and each opinion counts once."""

from __future__ import annotations

import asyncio

from agent_worker.contract.messages import Feedback
from agent_worker.contract.names import FEEDBACK
from agent_worker.feedback import exported
from tests.support.agent_worker.rehearsal import SECOND, Rehearsal, Talk

CLOSES_WITHIN = 20.0  # seconds


async def is_exported(rehearsal: Rehearsal, opinions: list[tuple[str, str, str]]) -> None:
    """Returns once exactly these can be read: Temporal's list is a moment behind."""
    async with asyncio.timeout(CLOSES_WITHIN):
        while await read(rehearsal) != opinions:  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)


async def read(rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    lines = await exported(rehearsal.client, rehearsal.task_queue)
    return [(line["channel"], line["user"], line["value"]) for line in lines]


async def press(talk: Talk, user: str, value: str, at: str) -> None:
    await talk.click(FEEDBACK, Feedback.model_validate({"turn": "1.0", "user": user, "value": value, "at": at}))


async def test_the_newest_opinion_of_each_person_is_exported_whatever_run_it_was_given_in(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talk, other = rehearsal.conversation(), rehearsal.conversation()
        await talk.ask("1.0")
        await press(talk, "U1", "good", "1.5")
        await press(talk, "U2", "good", "1.6")
        await press(other, "U1", "good", "1.7")
        await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)

        await press(talk, "U1", "bad", "2.5")

        channel = talk.thread.channel
        await is_exported(
            rehearsal, [(channel, "U2", "good"), (other.thread.channel, "U1", "good"), (channel, "U1", "bad")]
        )


async def test_a_line_says_which_answer_it_is_about(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = rehearsal.conversation()
        await talk.ask("1.0")
        await press(talk, "U1", "bad", "1.5")
        await is_exported(rehearsal, [(talk.thread.channel, "U1", "bad")])

        (line,) = await exported(rehearsal.client, rehearsal.task_queue)

        assert line == {
            "team": "T1",
            "channel": talk.thread.channel,
            "thread_ts": "1.0",
            "turn": "1.0",
            "user": "U1",
            "value": "bad",
            "at": "1.5",
        }
