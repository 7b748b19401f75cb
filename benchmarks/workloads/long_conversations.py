"""One long conversation of each contender: what a turn costs after 20, 100 and 200 others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from temporalio.client import Client

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.temporal_costs import TurnCost, turn_costs
from benchmarks.stubs.exchanges import Exchange
from benchmarks.stubs.services import NONE
from benchmarks.workloads.resources import Resources

LENGTHS = (1, 20, 100, 200)  # turns at which a conversation is measured
NEIGHBOURS = 3  # turns before and after each of LENGTHS that are measured too, because a single one may be unusual


async def run(
    contenders: Sequence[Contender], client: Client, turns: Mapping[str, int], measurements: Measurements
) -> None:
    """Holds one conversation of letters (1.5 KB each way) with each contender, in alternation.

    `turns` is the number of turns by the contender's name; `client` reads the histories. Raises WrongError.
    """
    conversations = [(contender, Conversation(contender)) for contender in contenders]
    for contender in contenders:
        contender.stubs.set_latencies(NONE)
    for number in range(1, max(turns.values()) + 1):
        for contender, conversation in conversations:
            if number <= turns[contender.name]:
                await _take_turn(contender, conversation, number, turns[contender.name], measurements)
    for contender, conversation in conversations:
        await conversation.wait_until_quiet()
        conversation.check()
        if contender.recipe.is_durable:
            asked = conversation.exchanges
            ids = dict.fromkeys(contender.workflow_id(one.channel, one.thread_ts, one.ts) for one in asked)
            costs = [cost for workflow_id in ids for cost in await turn_costs(client, workflow_id)]
            _add_temporal_costs(contender.name, costs, measurements)


async def _take_turn(
    contender: Contender, conversation: Conversation, number: int, turns: int, measurements: Measurements
) -> None:
    before = Resources.used_by(contender)
    exchange = await conversation.ask("letter")
    if _lengths_near(number, turns) or _lengths_near(number + 1, turns):  # measured turns begin when the last one ended
        await conversation.wait_until_quiet()
    used = Resources.used_by(contender) - before
    for length in _lengths_near(number, turns):
        _add_turn(contender.name, length, exchange, used, measurements)
    contender.stubs.forget_requests()


def _add_turn(name: str, length: int, exchange: Exchange, used: Resources, measurements: Measurements) -> None:
    milliseconds = 1000 * exchange.since(exchange.answered_at)
    measurements.add("whole turn", where(length), name, "ms", [milliseconds])
    measurements.add("own CPU", where(length), name, "ms/turn", [1000 * used.own])
    measurements.add("stubs' CPU", where(length), name, "ms/turn", [1000 * used.stubs])


def _add_temporal_costs(name: str, costs: Sequence[TurnCost], measurements: Measurements) -> None:
    for number, cost in enumerate(costs, start=1):
        for length in _lengths_near(number, len(costs)):
            measurements.add("history bytes", where(length), name, "per turn", [cost.bytes])
            measurements.add("history events", where(length), name, "per turn", [cost.events])
            measurements.add("Temporal actions", where(length), name, "per turn", [cost.actions])
    carried = sum(cost.carried for cost in costs)
    measurements.add("carried over by continuations", f"{len(costs)} letters", name, "bytes", [carried])
    everything = carried + sum(cost.bytes for cost in costs)
    measurements.add("history in all", f"{len(costs)} letters", name, "bytes", [everything])


def _lengths_near(number: int, turns: int) -> list[int]:
    """The lengths for which turn `number` is measured, in a conversation of `turns` turns."""
    if number == 1:
        return [1]
    return [length for length in LENGTHS[1:] if abs(length - number) <= NEIGHBOURS and length <= turns]


def where(length: int) -> str:
    """The name of the conditions around turn `length`."""
    return f"letter, turn {length}"
