"""Many threads at the speed of real models, most of which wait: for the model, or for the person who will ask next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation, WrongError, new_channel, new_person
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.statistics import percentile
from benchmarks.plan import Load
from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import LIFE
from benchmarks.workloads.real import moments, usage
from benchmarks.workloads.real.names import LOST, MIXED, WHOLE_TURN, many_threads
from benchmarks.workloads.real.usage import Meter

THREADS_IN_A_CHANNEL = 5  # so many answers at once are a burst that Slack allows, and plain has no second try
THREADS_OF_A_PERSON = 4


async def run(contenders: Sequence[Contender], load: Load, measurements: Measurements) -> None:
    """Runs the load on each contender, in alternation.

    Raises WrongError if an answer of the product is wrong or lost. Those of a reference are counted.
    """
    meters = {contender.name: Meter(contender) for contender in contenders}
    for contender in contenders:
        contender.stubs.set_latencies(LIFE)
        await Conversation(contender).ask("haiku")
    for number in range(load.times):
        first = number % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            await _run_once(contender, meters[contender.name], load, measurements)


async def _run_once(contender: Contender, meter: Meter, load: Load, measurements: Measurements) -> None:
    conversations, lost = _conversations(contender, load.threads), list[Conversation]()
    await meter.begin()
    async with asyncio.TaskGroup() as group:
        for number, conversation in enumerate(conversations):
            kind, seconds = load.kinds[number % len(load.kinds)], load.seconds * number / load.threads
            group.create_task(_ask(conversation, kind, seconds, lost))
    await conversations[0].wait_until_quiet()
    for conversation in conversations:
        if conversation not in lost:
            with _losses_noted(conversation, lost):
                conversation.check()
    answered = [conversation for conversation in conversations if conversation not in lost]
    exchanges = [exchange for conversation in answered for exchange in conversation.exchanges]
    for exchange in exchanges:
        place = many_threads(exchange.question.kind, load.threads, load.seconds)
        moments.add(contender, exchange, place, measurements)
    everything = many_threads(MIXED, load.threads, load.seconds)
    usage.add(contender, await meter.read(), load.threads, everything, measurements)
    measurements.add(LOST, everything, contender.name, "", [len(lost)])
    waited = [one.since(one.answered_at) for one in exchanges]
    measurements.add(
        f"{WHOLE_TURN}, 95th percentile", everything, contender.name, "ms", [1000 * percentile(waited, 95)]
    )


async def _ask(conversation: Conversation, kind: Kind, seconds: float, lost: list[Conversation]) -> None:
    await asyncio.sleep(seconds)
    with _losses_noted(conversation, lost):
        await conversation.ask(kind)


@contextmanager
def _losses_noted(conversation: Conversation, lost: list[Conversation]) -> Iterator[None]:
    """Notes that an answer is missing or wrong. Raises WrongError if it is one of the product."""
    try:
        yield
    except WrongError:
        if conversation.contender.recipe.is_product:
            raise
        lost.append(conversation)


def _conversations(contender: Contender, threads: int) -> list[Conversation]:
    """Threads as they are spread in a workspace: some in each channel, some of each person."""
    people = [new_person(contender) for _ in range(-(-threads // THREADS_OF_A_PERSON))]
    channels = [new_channel(contender, people) for _ in range(-(-threads // THREADS_IN_A_CHANNEL))]
    return [
        Conversation(contender, channel=channels[number % len(channels)], person=people[number % len(people)])
        for number in range(threads)
    ]
