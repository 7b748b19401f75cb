"""Many threads at once: how many turns a second, and what each of them costs the two cores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from benchmarks import measuring
from benchmarks.contenders import Contender
from benchmarks.measurements import Measurements
from benchmarks.plan import Crowd
from benchmarks.questions import Kind
from benchmarks.sampling import percentile
from benchmarks.stubs import NONE
from benchmarks.talking import Talk, check

COUNTED_AFTER = 1.5  # seconds; the server's own counts are so old at most


async def run(
    contenders: Sequence[Contender], crowd: Crowd, measurements: Measurements, *, kind: Kind = "haiku"
) -> None:
    """The stubs answer at once; everybody asks the next question when the last one is answered.

    The contenders take turns: a machine that gets slower meanwhile gets slower for all of them.
    """
    for contender in contenders:
        contender.stubs.take(NONE)
        await _talk(contender, Crowd(min(crowd.threads, 5), 1, 1), kind)  # warms up
    for _ in range(crowd.times):
        for contender in contenders:
            await _run_once(contender, crowd, measurements, kind)
            contender.stubs.forget()


async def _run_once(contender: Contender, crowd: Crowd, measurements: Measurements, kind: Kind) -> None:
    place, name, add = where(crowd, kind), contender.name, measurements.add
    actions = await _actions(contender)
    own, server, begun = contender.cpu_seconds, measuring.cpu_seconds([contender.server.pid]), time.monotonic()
    talks = await _talk(contender, crowd, kind)
    seconds = time.monotonic() - begun
    await talks[0].settled()
    own, server = contender.cpu_seconds - own, measuring.cpu_seconds([contender.server.pid]) - server
    check(talks)
    turns = crowd.threads * crowd.turns
    waited = [exchange.since(exchange.answered_at) for talk in talks for exchange in talk.exchanges]
    add("turns per second", place, name, "turns/s", [turns / seconds])
    add("whole turn", place, name, "ms", [1000 * seconds for seconds in waited])
    add("whole turn, 95th percentile", place, name, "ms", [1000 * percentile(waited, 95)])
    add("own CPU", place, name, "ms/turn", [1000 * own / turns])
    if contender.recipe.is_durable:
        add("CPU with the Temporal server's", place, name, "ms/turn", [1000 * (own + server) / turns])
        actions = await _actions(contender) - actions
        add("actions as the server counts them", place, name, "per turn", [actions / turns])


async def _talk(contender: Contender, crowd: Crowd, kind: Kind) -> list[Talk]:
    talks = [Talk(contender) for _ in range(crowd.threads)]
    async with asyncio.TaskGroup() as everybody:
        for talk in talks:
            everybody.create_task(_converse(talk, crowd.turns, kind))
    return talks


async def _converse(talk: Talk, turns: int, kind: Kind) -> None:
    for _ in range(turns):
        await talk.ask(kind)


async def _actions(contender: Contender) -> int:
    """Unlike Temporal Cloud's list, the server counts a changed memo too: one in each new conversation."""
    if not contender.recipe.is_durable:
        return 0
    await asyncio.sleep(COUNTED_AFTER)
    return (await contender.server.actions()).total()


def where(crowd: Crowd, kind: Kind = "haiku") -> str:
    threads = "1 thread" if crowd.threads == 1 else f"{crowd.threads} threads at once"
    return f"{kind}, {NONE.name}, {threads}"
