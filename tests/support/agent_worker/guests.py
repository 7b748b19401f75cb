"""A guest who may not talk to the agent, a member, and what either does. For the promises of access."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import BaseModel

from agent_worker.contract.messages import Feedback, Renamed, StopRequest, TryAgain
from agent_worker.contract.names import FEEDBACK, RENAMED, STOP, TRY_AGAIN
from agent_worker.payloads import errors
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, text

Expire = Callable[[], None]  # the fixture `expire`
NO_GUESTS = "Guests cannot talk to me."
STOPPED = errors.sentence(errors.STOPPED)
GUEST, MEMBER = "U9", "U3"  # of whom the conversation knows nothing yet
# What a person can do beside writing, and the signal that carries it.
DEEDS = {
    "stop button": (STOP, StopRequest(at="1.5", user="")),
    "the word stop": (STOP, StopRequest(at="1.5", user="", said="1.5")),
    "the word stop to nobody": (STOP, StopRequest(at="1.5", user="", said="1.5", addressed=False)),
    "feedback": (FEEDBACK, Feedback(turn="1.0", user="", value="bad", at="1.5")),
    "try again": (TRY_AGAIN, TryAgain(turn="1.0", user="", at="1.5")),
    "title": (RENAMED, Renamed(title="Owned")),
}


@asynccontextmanager
async def guarded(temporal_address: str) -> AsyncIterator[Rehearsal]:
    """A rehearsal that refuses the guest."""
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
