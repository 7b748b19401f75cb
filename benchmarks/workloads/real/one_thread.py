"""One turn at a time at the speed of real models: how long people wait, and what a turn costs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation
from benchmarks.measurements.measurements import Measurements
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import LIFE
from benchmarks.workloads.real import moments, usage
from benchmarks.workloads.real.names import one_thread
from benchmarks.workloads.real.usage import Meter
from benchmarks.workloads.turns import FIRST, FOLLOW_UP


async def run(contenders: Sequence[Contender], kinds: Sequence[Kind], rounds: int, measurements: Measurements) -> None:
    """Runs rounds of a thread with two turns of each kind for each contender, in alternation; raises WrongError."""
    meters = {contender.name: Meter(contender) for contender in contenders}
    for contender in contenders:
        contender.stubs.set_latencies(LIFE)
        await Conversation(contender).ask("haiku")  # not counted: the first turn of a process is slow
    for number in range(rounds):
        first = number % len(contenders)
        for kind in kinds:
            for contender in (*contenders[first:], *contenders[:first]):
                await _converse(contender, meters[contender.name], kind, measurements)


async def _converse(contender: Contender, meter: Meter, kind: Kind, measurements: Measurements) -> None:
    conversation = Conversation(contender)
    await meter.begin()
    for stage in (FIRST, FOLLOW_UP):
        exchange = await conversation.ask(kind)
        await conversation.wait_until_quiet()
        moments.add(contender, exchange, one_thread(kind, stage), measurements)
        usage.add(contender, await meter.read(), 1, one_thread(kind, stage), measurements)
    conversation.check()
