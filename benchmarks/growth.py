"""How the cost of a turn grows: with the length of its conversation, with open conversations, with workers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from temporalio.client import Client

from benchmarks.contenders import Contender
from benchmarks.history import TurnCost, turn_costs
from benchmarks.measurements import Measurements
from benchmarks.stubs import NONE
from benchmarks.talking import Talk, check
from benchmarks.turns import Spent
from benchmarks.watching import Exchange

LENGTHS = (1, 20, 100, 200)  # turns after which a conversation is looked at
NEIGHBOURS = 3  # turns around each of them, for one alone may be an odd one
AT_ONCE = 20  # conversations that are opened at the same time
TIMED = 10  # turns with so many conversations open


async def long_conversations(
    contenders: Sequence[Contender], client: Client, turns: Mapping[str, int], measurements: Measurements
) -> None:
    """One thread of each with messages of 1.5 KB, answered as long: so many `turns` by contender, in alternation."""
    talks = [(contender, Talk(contender)) for contender in contenders]
    for contender in contenders:
        contender.stubs.take(NONE)
    for number in range(1, max(turns.values()) + 1):
        for contender, talk in talks:
            if number <= turns[contender.name]:
                await _write(contender, talk, number, turns[contender.name], measurements)
    for contender, talk in talks:
        await talk.settled()
        talk.check()
        if contender.recipe.is_durable:
            ids = dict.fromkeys(contender.workflow_id(one.channel, one.thread_ts, one.ts) for one in talk.exchanges)
            costs = [cost for workflow_id in ids for cost in await turn_costs(client, workflow_id)]
            _note_costs(contender.name, costs, measurements)


async def _write(contender: Contender, talk: Talk, number: int, turns: int, measurements: Measurements) -> None:
    before = Spent.of(contender)
    exchange = await talk.ask("letter")
    if _near(number, turns) or _near(number + 1, turns):  # nothing of another turn in those that are counted
        await talk.settled()
    _note_turn(contender, exchange, before, _near(number, turns), measurements)
    contender.stubs.forget()


def _note_turn(
    contender: Contender, exchange: Exchange, before: Spent, lengths: Sequence[int], measurements: Measurements
) -> None:
    after = Spent.of(contender)
    for length in lengths:
        milliseconds = 1000 * exchange.since(exchange.answered_at)
        measurements.add("whole turn", turn(length), contender.name, "ms", [milliseconds])
        measurements.add("own CPU", turn(length), contender.name, "ms/turn", [1000 * (after.own - before.own)])
        measurements.add("stubs' CPU", turn(length), contender.name, "ms/turn", [1000 * (after.stubs - before.stubs)])


def _note_costs(name: str, costs: Sequence[TurnCost], measurements: Measurements) -> None:
    for number, cost in enumerate(costs, start=1):
        for length in _near(number, len(costs)):
            measurements.add("history bytes", turn(length), name, "per turn", [cost.bytes])
            measurements.add("history events", turn(length), name, "per turn", [cost.events])
            measurements.add("Temporal actions", turn(length), name, "per turn", [cost.actions])
    carried = sum(cost.carried for cost in costs)
    measurements.add("carried over by continuations", f"{len(costs)} letters", name, "bytes", [carried])
    everything = carried + sum(cost.bytes for cost in costs)
    measurements.add("history in all", f"{len(costs)} letters", name, "bytes", [everything])


def _near(number: int, turns: int) -> list[int]:
    """Of which lengths this turn tells: itself, or one that is a few turns away."""
    if number == 1:
        return [1]
    return [length for length in LENGTHS[1:] if abs(length - number) <= NEIGHBOURS and length <= turns]


def turn(length: int) -> str:
    return f"letter, turn {length}"


async def open_conversations(contender: Contender, steps: Sequence[int], measurements: Measurements) -> None:
    """Opens more and more conversations that then are idle; each has had one turn."""
    contender.stubs.take(NONE)
    talks: list[Talk] = []
    for step in steps:
        while len(talks) < step:
            talks += await _opened(contender, min(AT_ONCE, step - len(talks)))
        contender.stubs.forget()
        for role, _ in contender.processes:
            measurements.add("memory", idle(step), f"{contender.name} {role}", "MB", [contender.memory(role)])
        for _ in range(TIMED if step else 0):
            talks.append(await _timed(contender, step, measurements))
    check(talks)


async def _timed(contender: Contender, step: int, measurements: Measurements) -> Talk:
    talk, before = Talk(contender), Spent.of(contender)
    exchange = await talk.ask("haiku")
    await talk.settled()
    own, milliseconds = Spent.of(contender).own - before.own, 1000 * exchange.since(exchange.answered_at)
    measurements.add("whole turn", idle(step), contender.name, "ms", [milliseconds])
    measurements.add("own CPU", idle(step), contender.name, "ms/turn", [1000 * own])
    return talk


async def _opened(contender: Contender, count: int) -> list[Talk]:
    talks = [Talk(contender) for _ in range(count)]
    await asyncio.gather(*(talk.ask("haiku") for talk in talks))
    return talks


def idle(count: int) -> str:
    return "at start" if count == 0 else f"{count:,} open conversations"
