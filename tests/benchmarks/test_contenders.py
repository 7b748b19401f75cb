"""Promises of the comparison: all contenders answer rightly on the stubs, and what is not right is not counted."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from benchmarks.contenders import ALL, PLAIN, Contender, Recipe
from benchmarks.history import turn_costs
from benchmarks.measuring import MeasuredServer, cpu_seconds
from benchmarks.questions import KINDS
from benchmarks.stubs import Latencies
from benchmarks.talking import Talk, WrongError
from emulators.gemini.answers import text

# Works for 0.25 s of processor time, says so, and waits.
BUSY = "import time\nwhile time.process_time() < 0.25: pass\nprint('done', flush=True)\ninput()"
each_contender = pytest.mark.parametrize("recipe", ALL, ids=[recipe.name for recipe in ALL])


@pytest.fixture(scope="module")
def server() -> Iterator[MeasuredServer]:
    with MeasuredServer() as server:
        yield server


@each_contender
async def test_each_contender_answers_each_kind_of_question_and_goes_on_in_the_thread(
    recipe: Recipe, server: MeasuredServer, tmp_path: Path
) -> None:
    async with Contender(recipe, server, tmp_path) as contender:
        talk = Talk(contender)
        for kind in KINDS:
            exchange = await talk.ask(kind)
            await talk.settled()
            assert 0 < exchange.since(exchange.status_at) <= exchange.since(exchange.first_word_at)
            assert exchange.since(exchange.first_word_at) <= exchange.since(exchange.answered_at)
        talk.check()
        assert contender.cpu_seconds > 0
        assert contender.memory("bot") > 10
        if recipe.is_durable:
            client = await Client.connect(server.address)
            last = talk.exchanges[-1]
            costs = await turn_costs(client, contender.workflow_id(last.channel, last.thread_ts, last.ts))
            assert costs[-1].actions >= 3
        assert contender.stubs.gemini.refusals == []


async def test_an_answer_that_is_not_right_is_not_counted(server: MeasuredServer, tmp_path: Path) -> None:
    async with Contender(PLAIN, server, tmp_path) as contender:
        contender.stubs.gemini.script(text("Something else."))
        talk = Talk(contender)
        exchange = talk.say("haiku")
        await contender.stubs.slack.until(lambda: contender.stubs.slack.bot_posts(talk.channel, exchange.thread_ts))

        with pytest.raises(WrongError, match="was not answered rightly"):
            await talk.answered(exchange, seconds=0.2)
        with pytest.raises(WrongError, match="has the answers"):
            talk.check()


async def test_an_answer_that_is_given_twice_is_not_counted(server: MeasuredServer, tmp_path: Path) -> None:
    async with Contender(PLAIN, server, tmp_path) as contender:
        talk = Talk(contender)
        exchange = await talk.ask("haiku")
        contender.stubs.slack.redeliver(talk.channel, exchange.ts)
        slack = contender.stubs.slack
        await slack.until(lambda: len(slack.bot_posts(talk.channel, exchange.thread_ts)) > 1)

        with pytest.raises(WrongError, match="has the answers"):
            talk.check()


async def test_the_stubs_take_the_time_that_they_are_told(server: MeasuredServer, tmp_path: Path) -> None:
    latencies = Latencies(model=0.15, tool=0.1, slack=0.05)
    async with Contender(PLAIN, server, tmp_path) as contender:
        contender.stubs.take(latencies)
        talk = Talk(contender)

        exchange = await talk.ask("chain")

    least = 4 * latencies.model + 3 * latencies.tool + latencies.slack
    assert least <= exchange.since(exchange.answered_at) < least + 1
    assert exchange.since(exchange.status_at) >= latencies.slack


async def test_processor_time_is_that_of_the_process() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readline()

    assert 0.2 <= cpu_seconds([process.pid]) < 2
    await process.communicate(b"enough")
    assert cpu_seconds([process.pid]) == 0
