"""An edit that addresses the agent in mid-turn comes as two events, in any order: the model is asked once about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from agent_worker.contract.messages import MessageChange
from agent_worker.contract.names import MESSAGE_CHANGED
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, lines, text

NOW = "where is Oslo?"
EDITED_AT = "4.0"


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address, thread_replies="mention") as rehearsal:
        yield rehearsal


async def mention(talk: Talk, said: str = NOW) -> None:
    await talk.say("2.0", said, "U2", addressed_at=EDITED_AT)


async def edit(talk: Talk, said: str = NOW, at: str = EDITED_AT) -> None:
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="2.0", at=at, text=said, user="U2"))


async def reading(rehearsal: Rehearsal) -> tuple[Talk, Held]:
    """A conversation in whose turn the model reads what Ben has said to others."""
    talk = rehearsal.conversation()
    await talk.ask("1.0")
    await talk.say("2.0", "Oslo is nice", "U2", addressed=False)
    held = Held(text("too late"))
    rehearsal.cast.answers += [held, text("In Norway."), text("asked once too often")]
    await talk.say("3.0", "is it?")
    await held.reached()
    return talk, held


async def answers_once(rehearsal: Rehearsal, talk: Talk) -> None:
    assert (await talk.answered(2))[1:] == ["In Norway."]
    assert lines(rehearsal.cast.read[-1])[-2:] == [f"ben: {NOW}", "anna: is it?"]
    assert "Oslo is nice" not in str(rehearsal.cast.read[-1])
    assert (
        await talk.ask("5.0", "thank you") == "asked once too often"
    )  # the next question gets the answer that is left


@pytest.mark.parametrize("events", [(mention, edit), (edit, mention)], ids=["mention first", "edit first"])
async def test_an_edit_that_addresses_the_agent_in_mid_turn_has_the_model_asked_once(
    rehearsal: Rehearsal, events: tuple[Callable[[Talk], Awaitable[None]], ...]
) -> None:
    talk, _ = await reading(rehearsal)

    for tell in events:
        await tell(talk)

    await answers_once(rehearsal, talk)


async def test_an_edit_after_the_one_that_addressed_the_agent_counts(rehearsal: Rehearsal) -> None:
    talk, _ = await reading(rehearsal)
    again = Held(text("too late"))
    rehearsal.cast.answers.appendleft(again)

    await mention(talk, "where is Bergen?")
    await again.reached()
    await edit(talk, NOW, "4.5")

    await answers_once(rehearsal, talk)
