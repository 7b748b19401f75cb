"""One turn at a time, the contenders taking turns: how long people wait, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.client import Client

from benchmarks import measuring
from benchmarks.contenders import Contender
from benchmarks.history import turn_costs
from benchmarks.measurements import Measurements
from benchmarks.plan import Turns
from benchmarks.sampling import summary
from benchmarks.talking import Talk
from benchmarks.watching import Exchange

FIRST, FOLLOW_UP = "first turn", "follow-up"


@dataclass(frozen=True)
class Spent:
    """So far: processor seconds of the contender, of the Temporal server and of the stubs; calls to Slack."""

    own: float
    server: float
    stubs: float
    slack_calls: int

    @classmethod
    def of(cls, contender: Contender) -> Spent:
        server = measuring.cpu_seconds([contender.server.pid])
        return cls(contender.cpu_seconds, server, time.process_time(), len(contender.stubs.slack.calls))


class TurnBenchmark:
    """`client` reads the histories."""

    def __init__(self, contenders: Sequence[Contender], client: Client, measurements: Measurements) -> None:
        self._contenders = contenders
        self._client = client
        self._measurements = measurements

    async def run(self, turns: Turns) -> None:
        for contender in self._contenders:
            contender.stubs.take(turns.latencies)
            for _ in range(turns.warm_up):
                await self._converse(contender, turns, counted=False)
        for number in range(turns.most):
            if number >= turns.fewest and self._is_stable(turns):
                break
            first = number % len(self._contenders)
            for contender in (*self._contenders[first:], *self._contenders[:first]):
                await self._converse(contender, turns)
        for contender in self._contenders:
            contender.stubs.forget()

    def _is_stable(self, turns: Turns) -> bool:
        found = (self._measurements.find("whole turn", where(turns, FIRST), one.name) for one in self._contenders)
        return all(one is not None and one.summary.is_stable for one in found)

    async def _converse(self, contender: Contender, turns: Turns, *, counted: bool = True) -> None:
        talk = Talk(contender)
        for stage in (FIRST, FOLLOW_UP) if turns.follow_up else (FIRST,):
            before = Spent.of(contender)
            exchange = await talk.ask(turns.kind)
            await talk.settled()
            if counted:
                self._note(contender, where(turns, stage), exchange, before)
        talk.check()
        if counted and contender.recipe.is_durable:
            await self._note_history(contender, talk, turns)

    def _note(self, contender: Contender, place: str, exchange: Exchange, before: Spent) -> None:
        after, name, add = Spent.of(contender), contender.name, self._measurements.add
        add("mention → status", place, name, "ms", [1000 * exchange.since(exchange.status_at)])
        add("mention → first word", place, name, "ms", [1000 * exchange.since(exchange.first_word_at)])
        add("whole turn", place, name, "ms", [1000 * exchange.since(exchange.answered_at)])
        add("own CPU", place, name, "ms/turn", [1000 * (after.own - before.own)])
        if contender.recipe.is_durable:
            both = after.own + after.server - before.own - before.server
            add("CPU with the Temporal server's", place, name, "ms/turn", [1000 * both])
        add("stubs' CPU", place, name, "ms/turn", [1000 * (after.stubs - before.stubs)])
        add("Slack calls", place, name, "per turn", [after.slack_calls - before.slack_calls])

    async def _note_history(self, contender: Contender, talk: Talk, turns: Turns) -> None:
        """What both kinds of workflow have recorded: one for each conversation, or one for each question."""
        ids = dict.fromkeys(contender.workflow_id(one.channel, one.thread_ts, one.ts) for one in talk.exchanges)
        costs = [cost for workflow_id in ids for cost in await turn_costs(self._client, workflow_id)]
        for stage, cost in zip((FIRST, FOLLOW_UP), costs, strict=False):
            place = where(turns, stage)
            self._measurements.add("Temporal actions", place, contender.name, "per turn", [cost.actions])
            self._measurements.add("history events", place, contender.name, "per turn", [cost.events])
            self._measurements.add("history bytes", place, contender.name, "per turn", [cost.bytes])


def where(turns: Turns, stage: str) -> str:
    return f"{turns.kind}, {turns.latencies.name}, {stage}"


def describe(measurements: Measurements, turns: Turns) -> str:
    """One line for whoever watches."""
    found = [one for one in measurements if one.what == "whole turn" and one.where == where(turns, FIRST)]
    return ", ".join(f"{one.contender} {summary(one.values).median:.0f} ms" for one in found)
