"""Promises of long conversations and of huge ones: each turn costs the same, every message is answered, none wedges."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import mean
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.conversation.transcript.transcript import LARGEST_TRANSCRIPT, SUMMARISED_BYTES
from agent_worker.payloads.errors import sentence
from process import temporal
from tests.support.agent_worker.rehearsal import SECOND, Rehearsal, Talk, calls, lines, text
from tests.support.durability.endless import CHARACTERS_PER_TOKEN, MESSAGE, Endless
from tests.support.durability.lifelines import Lifeline
from tests.support.durability.restless import Restless

UNLIMITED = {"agent_max_hourly_turns": 1_000_000}
CONTINUATIONS = 8
KEPT_OF_A_TURN = 50  # bytes carried over for each: which message it was, and when
LARGEST_TURN = 10_000  # bytes of transcript: question, call, result, answer
EMOJI = "🪿"  # four bytes
LONGEST_ASCII = "x" * 40_000
LONGEST_MESSAGE = EMOJI * 40_000  # Slack's limit is in characters


def ts(number: int) -> str:
    """Slack's timestamps are ordered as text."""
    return f"{1_700_000_000 + number}.000000"


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address) as rehearsal:
        yield rehearsal


async def lifeline(rehearsal: Rehearsal, talk: Talk) -> Lifeline:
    return await Lifeline.of(rehearsal.client, talk.id)


# A long conversation


@dataclass(frozen=True)
class Length:
    """How long the long conversation is: short enough for every change, or as long as `make soak` wants it."""

    turns: int
    context_tokens: int
    seconds: float


LONG = Length(turns=300, context_tokens=8_000, seconds=100)
SOAK = Length(turns=int(os.environ.get("SOAK_TURNS", "0")), context_tokens=200_000, seconds=900)


@pytest.fixture
def length() -> Length:
    return SOAK if SOAK.turns else LONG


def writes_ahead(talk: Talk, turns: int) -> Callable[[], Awaitable[None]]:
    """Somebody who writes the next message while the last one is answered: whenever a run ends, one waits."""
    numbers = iter(range(1, turns))

    async def write() -> None:
        if (number := next(numbers, None)) is not None:
            await talk.say(ts(number), MESSAGE)

    return write


async def test_turns_cost_the_same_and_forget_nothing_however_long_the_conversation_is(
    temporal_address: str, length: Length
) -> None:
    rehearsal = Rehearsal(temporal_address, agent_context_tokens=length.context_tokens, **UNLIMITED)
    rehearsal.cast = cast = Endless(rehearsal.cast.opened)
    async with rehearsal:
        talk = rehearsal.conversation(ts(0))
        cast.before_answer = writes_ahead(talk, length.turns)
        await talk.say(ts(0), MESSAGE)
        await talk.answered(length.turns, seconds=length.seconds)
        for redelivered in (0, 1, length.turns // 2, length.turns - 1):
            await talk.say(ts(redelivered), MESSAGE)
        await talk.ask(ts(length.turns), "and now?")
        life = await lifeline(rehearsal, talk)

    report(cast, life)
    assert [request.answers for request in talk.answers] == [[ts(number)] for number in range(length.turns + 1)]
    assert life.failed_tasks == []
    assert life.continuations >= length.turns // 150
    early, late = slice(50, 100), slice(length.turns - 50, length.turns)
    assert mean(life.turn_bytes[late]) <= 1.1 * mean(life.turn_bytes[early])
    transcript = min(CHARACTERS_PER_TOKEN * length.context_tokens, LARGEST_TRANSCRIPT) + SUMMARISED_BYTES
    assert max(life.carried_bytes) <= transcript + KEPT_OF_A_TURN * length.turns + LARGEST_TURN
    assert max(given.input_bytes for given in cast.given[100:]) <= max(given.input_bytes for given in cast.given[:100])
    assert len(cast.summarised) >= 2
    # One turn may pass before it is noticed that the budget is spent.
    assert (
        max(given.prompt_tokens for given in cast.given) <= length.context_tokens + LARGEST_TURN // CHARACTERS_PER_TOKEN
    )


def report(cast: Endless, life: Lifeline) -> None:
    """Measurements, for `make soak`: how long a turn takes is told and not asserted."""
    pauses = [late - early for early, late in zip(cast.answered_at, cast.answered_at[1:], strict=False)]
    for name, part in (("50 to 100", slice(50, 100)), ("the last 50", slice(-51, -1))):
        milliseconds, kilobytes = 1000 * mean(pauses[part]), mean(life.turn_bytes[part]) / 1000
        print(f"turns {name}: {milliseconds:.0f} ms and {kilobytes:.2f} kB of history each")
    print(f"runs {len(life.runs)}, carried {[size // 1000 for size in life.carried_bytes]} kB")
    print(f"summaries {len(cast.summarised)}, most prompt tokens {max(given.prompt_tokens for given in cast.given)}")


# A message at any moment


@pytest.fixture
def restless_address(processes: None) -> Iterator[str]:
    with Restless() as server:
        yield server.address


async def test_a_message_at_any_moment_of_a_continuation_is_answered(restless_address: str) -> None:
    async with Rehearsal(restless_address, **UNLIMITED) as rehearsal:
        talks = [rehearsal.conversation(ts(0)) for _ in range(4)]

        written = await asyncio.gather(*[write_through_continuations(rehearsal, talk) for talk in talks])
        lives = [await lifeline(rehearsal, talk) for talk in talks]

    print(f"messages {written}, refused ends {[life.second_looks for life in lives]}")
    assert [life.failed_tasks for life in lives] == [[]] * len(lives)
    assert min(life.continuations for life in lives) >= CONTINUATIONS
    assert sum(life.second_looks for life in lives) > 0  # it did happen at the very moment


async def write_through_continuations(rehearsal: Rehearsal, talk: Talk) -> int:
    """Writes one message after the other, whatever the conversation is doing, and waits until all are answered."""
    written = 0
    while (
        sum(request.thread == talk.thread for request in rehearsal.cast.opens) <= CONTINUATIONS
    ):  # each run opens once
        await talk.say(ts(written))
        written += 1
    await until_all_answered(talk, written)
    return written


async def test_a_message_at_any_moment_of_the_idle_closing_is_answered(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent_idle_days=1 * SECOND) as rehearsal:
        talks = [rehearsal.conversation(ts(0)) for _ in range(40)]
        firsts = [await talk.say(ts(0)) for talk in talks]  # one after the other: so they close one after the other
        neighbours = zip(firsts, talks[3:], strict=False)

        await asyncio.gather(*[write_when_closed(first, near) for first, near in neighbours])
        await asyncio.gather(*[talk.answered(2) for talk in talks[3:]])
        lives = [Lifeline([await first.fetch_history()]) for first in firsts]

    assert [[request.answers for request in talk.answers] for talk in talks[3:]] == [[[ts(0)], [ts(1)]]] * 37
    assert [life.failed_tasks for life in lives] == [[]] * 40


async def write_when_closed(first: WorkflowHandle[Any, str], near: Talk) -> None:
    """Writes to the conversation that is about to close, as soon as the one before it has closed."""
    async with asyncio.timeout(60):
        await first.result()
    await near.answered()  # before that, the message would be taken into the first turn
    await near.say(ts(1))


# Huge ones


async def is_well(rehearsal: Rehearsal, talk: Talk) -> bool:
    """Whether the conversation is open, none of its workflow tasks failed, and it answers one more message."""
    life = await lifeline(rehearsal, talk)
    description = await talk.handle.describe()
    is_open = description.status == WorkflowExecutionStatus.RUNNING
    answer = await talk.ask(ts(5_000), "still there?")
    return is_open and life.failed_tasks == [] and bool(answer)


async def test_the_longest_message_is_read_whole(rehearsal: Rehearsal) -> None:
    talk = rehearsal.conversation(ts(0))

    await talk.ask(ts(0), LONGEST_MESSAGE)

    assert lines(rehearsal.cast.read[0]) == [f"anna: {LONGEST_MESSAGE}"]
    assert await is_well(rehearsal, talk)


@pytest.mark.parametrize(
    ("messages", "text_of_each"), [(30, LONGEST_MESSAGE), (500, LONGEST_ASCII)], ids=["30 of 160 kB", "500 of 40 kB"]
)
async def test_the_longest_messages_without_a_pause_are_all_answered(
    temporal_address: str, messages: int, text_of_each: str
) -> None:
    async with Rehearsal(temporal_address, agent_context_tokens=200_000, **UNLIMITED) as rehearsal:
        talk = rehearsal.conversation(ts(0))
        for number in range(messages):
            await talk.say(ts(number), text_of_each)

        await until_all_answered(talk, messages)

        assert await is_well(rehearsal, talk)


async def until_all_answered(talk: Talk, messages: int, seconds: float = 100) -> None:
    expected = [ts(number) for number in range(messages)]
    await talk._rehearsal.until(lambda: len(answered_of(talk)) >= messages, seconds)
    assert answered_of(talk) == expected


def answered_of(talk: Talk) -> list[str]:
    return sorted(ts for request in talk.answers for ts in request.answers)


@pytest.mark.parametrize("size", [500_000, 1_900_000, 3_000_000])
async def test_a_huge_tool_result_is_told_to_the_model_as_too_large(rehearsal: Rehearsal, size: int) -> None:
    rehearsal.cast.tools["look_up"] = {"output": "x" * size}
    rehearsal.cast.answers += [calls("look_up"), text("too much")]
    talk = rehearsal.conversation(ts(0))

    assert await talk.ask(ts(0)) == "too much"

    (response,) = rehearsal.cast.read[1][-1]["parts"]
    assert list(response["functionResponse"]["response"]) == ["error"]
    assert rehearsal.cast.ran == ["look_up"]  # not again: it would be as large
    assert await is_well(rehearsal, talk)


async def test_a_hundred_tool_calls_at_once_are_all_run_and_answered_together(rehearsal: Rehearsal) -> None:
    names = [f"look_up_{number}" for number in range(100)]
    for name in names:
        rehearsal.cast.tools[name] = {"output": "x" * 100_000}
    rehearsal.cast.answers += [calls(*names), text("done")]
    talk = rehearsal.conversation(ts(0))

    assert await talk.ask(ts(0)) == "done"

    responses = [part["functionResponse"]["name"] for part in rehearsal.cast.read[1][-1]["parts"]]
    assert responses == names
    assert sorted(rehearsal.cast.ran) == sorted(names)
    assert await is_well(rehearsal, talk)


@pytest.mark.parametrize("size", [8_000, 15_000])
async def test_a_hundred_huge_tool_calls_are_run_or_refused_with_a_sentence(rehearsal: Rehearsal, size: int) -> None:
    huge = calls(*["look_up"] * 100)
    arguments = {"text": "x" * size}
    huge = huge.model_copy(update={"calls": [call.model_copy(update={"args": arguments}) for call in huge.calls]})
    assert huge.content is not None
    for part in huge.content["parts"]:
        part["functionCall"]["args"] = arguments
    rehearsal.cast.answers += [huge, text("done")]
    talk = rehearsal.conversation(ts(0))

    answer = await talk.ask(ts(0))

    assert answer in {"done", sentence("unknown")}
    assert await is_well(rehearsal, talk)


async def test_a_thousand_messages_that_waited_for_a_worker_are_all_answered(temporal_address: str) -> None:
    rehearsal = Rehearsal(temporal_address, agent_context_tokens=200_000)
    rehearsal.client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    talk = rehearsal.conversation(ts(0))
    for number in range(1_000):
        await talk.say(ts(number), MESSAGE)

    async with rehearsal:
        read = await until_all_read(rehearsal, 1_000)

        assert read == 1_000
        assert await is_well(rehearsal, talk)


async def until_all_read(rehearsal: Rehearsal, messages: int) -> int:
    """Waits until the model has been given so many messages and has answered them."""
    cast = rehearsal.cast

    def count() -> int:
        return sum(MESSAGE in line for request in cast.asked for line in lines(request.new))

    await rehearsal.until(lambda: count() >= messages and len(cast.delivered) == len(cast.asked), 100)
    return count()
