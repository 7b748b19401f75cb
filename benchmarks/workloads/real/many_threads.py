"""Many threads at the speed of real models, most of which wait: for the model, or for the person who will ask next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

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
    conversations = _conversations(contender, load.threads)
    await meter.begin()
    async with asyncio.TaskGroup() as group:
        asking = [
            group.create_task(
                _is_answered(one, load.kinds[number % len(load.kinds)], load.seconds * number / load.threads)
            )
            for number, one in enumerate(conversations)
        ]
    await conversations[0].wait_until_quiet()
    answered = [one for one, task in zip(conversations, asking, strict=True) if task.result() and _is_right(one)]
    exchanges = [exchange for conversation in answered for exchange in conversation.exchanges]
    for exchange in exchanges:
        place = many_threads(exchange.question.kind, load.threads, load.seconds)
        moments.add(contender, exchange, place, measurements)
    everything = many_threads(MIXED, load.threads, load.seconds)
    usage.add(contender, await meter.read(), load.threads, everything, measurements)
    measurements.add(LOST, everything, contender.name, "", [len(conversations) - len(answered)])
    waited = [one.since(one.answered_at) for one in exchanges]
    measurements.add(
        f"{WHOLE_TURN}, 95th percentile", everything, contender.name, "ms", [1000 * percentile(waited, 95)]
    )


async def _is_answered(conversation: Conversation, kind: Kind, seconds: float) -> bool:
    """Asks after so many seconds; whether the right answer comes. Raises WrongError if the product does not give it."""
    await asyncio.sleep(seconds)
    try:
        await conversation.ask(kind)
    except WrongError:
        if conversation.contender.recipe.is_product:
            raise
        return False
    return True


def _is_right(conversation: Conversation) -> bool:
    """Whether the thread holds each answer once, and nothing unfinished. Raises WrongError if it is the product's."""
    try:
        conversation.check()
    except WrongError:
        if conversation.contender.recipe.is_product:
            raise
        return False
    return True


def _conversations(contender: Contender, threads: int) -> list[Conversation]:
    """Threads as they are spread in a workspace: some in each channel, some of each person."""
    people = [new_person(contender) for _ in range(-(-threads // THREADS_OF_A_PERSON))]
    channels = [new_channel(contender, people) for _ in range(-(-threads // THREADS_IN_A_CHANNEL))]
    return [
        Conversation(contender, channel=channels[number % len(channels)], person=people[number % len(people)])
        for number in range(threads)
    ]
