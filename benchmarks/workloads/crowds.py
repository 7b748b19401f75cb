"""Many threads at once: how many turns a second, and what each turn costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation, check_all
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.statistics import percentile
from benchmarks.plan import Crowd
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import NONE
from benchmarks.workloads.resources import Resources

COUNTS_ARE_OLD = 1.5  # seconds; after so long the server's own counts are up to date
WARM_UP_THREADS = 5


async def run(
    contenders: Sequence[Contender], crowd: Crowd, measurements: Measurements, *, kind: Kind = "haiku"
) -> None:
    """Every thread asks its next question when its last one is answered; the stubs answer at once.

    The contenders alternate, so that a machine that gets slower does so for all. Raises WrongError.
    """
    for contender in contenders:
        contender.stubs.set_latencies(NONE)
        await _converse_all(contender, Crowd(min(crowd.threads, WARM_UP_THREADS), 1, 1), kind)
    for _ in range(crowd.times):
        for contender in contenders:
            await _run_once(contender, crowd, measurements, kind)
            contender.stubs.forget_requests()


async def _run_once(contender: Contender, crowd: Crowd, measurements: Measurements, kind: Kind) -> None:
    place, name, add = where(crowd, kind), contender.name, measurements.add
    actions = await _actions(contender)
    before, begun = Resources.used_by(contender), time.monotonic()
    conversations = await _converse_all(contender, crowd, kind)
    seconds = time.monotonic() - begun
    await conversations[0].wait_until_quiet()
    used = Resources.used_by(contender) - before
    check_all(conversations)
    turns = crowd.threads * crowd.turns
    waited = [one.since(one.answered_at) for conversation in conversations for one in conversation.exchanges]
    add("turns per second", place, name, "turns/s", [turns / seconds])
    add("whole turn", place, name, "ms", [1000 * seconds for seconds in waited])
    add("whole turn, 95th percentile", place, name, "ms", [1000 * percentile(waited, 95)])
    add("own CPU", place, name, "ms/turn", [1000 * used.own / turns])
    if contender.recipe.is_durable:
        add("CPU with the Temporal server's", place, name, "ms/turn", [1000 * (used.own + used.server) / turns])
        actions = await _actions(contender) - actions
        add("actions as the server counts them", place, name, "per turn", [actions / turns])


async def _converse_all(contender: Contender, crowd: Crowd, kind: Kind) -> list[Conversation]:
    conversations = [Conversation(contender) for _ in range(crowd.threads)]
    async with asyncio.TaskGroup() as group:
        for conversation in conversations:
            group.create_task(_converse(conversation, crowd.turns, kind))
    return conversations


async def _converse(conversation: Conversation, turns: int, kind: Kind) -> None:
    for _ in range(turns):
        await conversation.ask(kind)


async def _actions(contender: Contender) -> int:
    """The actions so far. The server also counts a changed memo, one a conversation, which Temporal Cloud does not."""
    if not contender.recipe.is_durable:
        return 0
    await asyncio.sleep(COUNTS_ARE_OLD)
    return (await contender.server.actions()).total()


def where(crowd: Crowd, kind: Kind = "haiku") -> str:
    """The name of these conditions."""
    threads = "1 thread" if crowd.threads == 1 else f"{crowd.threads} threads at once"
    return f"{kind}, {NONE.name}, {threads}"
