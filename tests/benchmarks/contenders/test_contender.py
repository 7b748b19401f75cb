"""Promises of the contenders: all of them answer rightly, and what they take and cost is measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation
from benchmarks.contenders.recipes import ALL, Recipe
from benchmarks.measurements.temporal_costs import turn_costs
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.stubs.questions import KINDS
from benchmarks.stubs.services import Latencies

LATENCIES = Latencies(model=0.05, tool=0.03, slack=0.02)


@pytest.fixture(scope="module")
def server(processes: None) -> Iterator[MeasuredServer]:
    with MeasuredServer() as server:
        yield server


@pytest.mark.usefixtures("few_certificates")  # the tutorial makes a client for each model call
@pytest.mark.parametrize("recipe", ALL, ids=[recipe.name for recipe in ALL])
async def test_each_contender_answers_each_kind_of_question_and_goes_on_in_the_thread(
    recipe: Recipe, server: MeasuredServer, tmp_path: Path
) -> None:
    async with Contender(recipe, server, tmp_path) as contender:
        contender.stubs.set_latencies(LATENCIES)
        conversation = Conversation(contender)
        for kind in KINDS:
            exchange = await conversation.ask(kind)
            assert LATENCIES.slack <= exchange.since(exchange.status_at) <= exchange.since(exchange.first_word_at)
            assert exchange.since(exchange.first_word_at) <= exchange.since(exchange.answered_at)
        await conversation.wait_until_quiet()
        conversation.check()

        chain = next(exchange for exchange in conversation.exchanges if exchange.question.kind == "chain")
        least = 4 * LATENCIES.model + 3 * LATENCIES.tool + LATENCIES.slack
        assert chain.since(chain.answered_at) >= least
        assert contender.cpu_seconds > 0
        assert contender.memory("bot") > 10
        if recipe.is_durable:
            client = await Client.connect(server.address)
            last = conversation.exchanges[-1]
            costs = await turn_costs(client, contender.workflow_id(last.channel, last.thread_ts, last.ts))
            assert costs[-1].actions >= 3
        assert contender.stubs.gemini.refusals == []
