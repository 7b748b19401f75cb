"""One turn at a time: how long people wait, and what a turn costs."""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.client import Client

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.statistics import summary
from benchmarks.measurements.temporal_costs import turn_costs
from benchmarks.plan import Turns
from benchmarks.stubs.exchanges import Exchange
from benchmarks.workloads.resources import Resources

FIRST, FOLLOW_UP = "first turn", "follow-up"


class TurnBenchmark:
    """The contenders alternate, so that a machine that gets slower does so for all. `client` reads the histories."""

    def __init__(self, contenders: Sequence[Contender], client: Client, measurements: Measurements) -> None:
        self._contenders = contenders
        self._client = client
        self._measurements = measurements

    async def run(self, turns: Turns) -> None:
        """Runs rounds of one turn of each contender until the medians are stable; raises WrongError."""
        for contender in self._contenders:
            contender.stubs.set_latencies(turns.latencies)
            for _ in range(turns.warm_up):
                await self._converse(contender, turns, is_counted=False)
        for number in range(turns.most):
            if number >= turns.fewest and self._is_stable(turns):
                break
            first = number % len(self._contenders)
            for contender in (*self._contenders[first:], *self._contenders[:first]):
                await self._converse(contender, turns)
        for contender in self._contenders:
            contender.stubs.forget_requests()

    def _is_stable(self, turns: Turns) -> bool:
        found = (self._measurements.find("whole turn", where(turns, FIRST), one.name) for one in self._contenders)
        return all(one is not None and one.summary.is_stable for one in found)

    async def _converse(self, contender: Contender, turns: Turns, *, is_counted: bool = True) -> None:
        """One new thread, with one turn or two."""
        conversation = Conversation(contender)
        for stage in (FIRST, FOLLOW_UP) if turns.follow_up else (FIRST,):
            before = Resources.used_by(contender)
            exchange = await conversation.ask(turns.kind)
            await conversation.wait_until_quiet()
            if is_counted:
                self._add(contender, where(turns, stage), exchange, Resources.used_by(contender) - before)
        conversation.check()
        if is_counted and contender.recipe.is_durable:
            await self._add_temporal_costs(contender, conversation, turns)

    def _add(self, contender: Contender, place: str, exchange: Exchange, used: Resources) -> None:
        name, add = contender.name, self._measurements.add
        add("mention → status", place, name, "ms", [1000 * exchange.since(exchange.status_at)])
        add("mention → first word", place, name, "ms", [1000 * exchange.since(exchange.first_word_at)])
        add("whole turn", place, name, "ms", [1000 * exchange.since(exchange.answered_at)])
        add("own CPU", place, name, "ms/turn", [1000 * used.own])
        if contender.recipe.is_durable:
            add("CPU with the Temporal server's", place, name, "ms/turn", [1000 * (used.own + used.server)])
        add("stubs' CPU", place, name, "ms/turn", [1000 * used.stubs])
        add("Slack calls", place, name, "per turn", [used.slack_calls])

    async def _add_temporal_costs(self, contender: Contender, conversation: Conversation, turns: Turns) -> None:
        """The product has one workflow for each conversation, the tutorial one for each question."""
        asked = conversation.exchanges
        ids = dict.fromkeys(contender.workflow_id(one.channel, one.thread_ts, one.ts) for one in asked)
        costs = [cost for workflow_id in ids for cost in await turn_costs(self._client, workflow_id)]
        for stage, cost in zip((FIRST, FOLLOW_UP), costs, strict=False):
            place = where(turns, stage)
            self._measurements.add("Temporal actions", place, contender.name, "per turn", [cost.actions])
            self._measurements.add("history events", place, contender.name, "per turn", [cost.events])
            self._measurements.add("history bytes", place, contender.name, "per turn", [cost.bytes])


def where(turns: Turns, stage: str) -> str:
    """The name of these conditions; `stage` is FIRST or FOLLOW_UP."""
    return f"{turns.kind}, {turns.latencies.name}, {stage}"


def describe(measurements: Measurements, turns: Turns) -> str:
    """One line of progress with the median of each contender."""
    found = [one for one in measurements if one.what == "whole turn" and one.where == where(turns, FIRST)]
    return ", ".join(f"{one.contender} {summary(one.values).median:.0f} ms" for one in found)
