"""Many open conversations: what they take of a worker's memory, and how long a turn takes beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation, check_all
from benchmarks.measurements.measurements import Measurements
from benchmarks.stubs.services import NONE
from benchmarks.workloads.resources import Resources

AT_ONCE = 20  # conversations that are opened at the same time
TIMED_TURNS = 10  # at each number of open conversations


async def run(contender: Contender, counts: Sequence[int], measurements: Measurements) -> None:
    """Opens more and more conversations with one turn each, and measures at each of `counts`. Raises WrongError."""
    contender.stubs.set_latencies(NONE)
    conversations: list[Conversation] = []
    for count in counts:
        while len(conversations) < count:
            conversations += await _open(contender, min(AT_ONCE, count - len(conversations)))
        contender.stubs.forget_requests()
        for role, _ in contender.processes:
            measurements.add("memory", where(count), f"{contender.name} {role}", "MB", [contender.memory(role)])
        for _ in range(TIMED_TURNS if count else 0):
            conversations.append(await _time_turn(contender, count, measurements))
    check_all(conversations)


async def _open(contender: Contender, count: int) -> list[Conversation]:
    conversations = [Conversation(contender) for _ in range(count)]
    await asyncio.gather(*(conversation.ask("haiku") for conversation in conversations))
    return conversations


async def _time_turn(contender: Contender, count: int, measurements: Measurements) -> Conversation:
    conversation, before = Conversation(contender), Resources.used_by(contender)
    exchange = await conversation.ask("haiku")
    await conversation.wait_until_quiet()
    used, milliseconds = Resources.used_by(contender) - before, 1000 * exchange.since(exchange.answered_at)
    measurements.add("whole turn", where(count), contender.name, "ms", [milliseconds])
    measurements.add("own CPU", where(count), contender.name, "ms/turn", [1000 * used.own])
    return conversation


def where(count: int) -> str:
    """The name of the conditions with `count` open conversations."""
    return "at start" if count == 0 else f"{count:,} open conversations"
