"""What a contender has used so far, at the speed of real models: the difference of two readings is what turns took."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.contenders.contender import Contender
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.model_costs import Bill, ModelCosts
from benchmarks.workloads.real import names
from benchmarks.workloads.resources import Resources
from emulators.gemini.request import ModelRequest
from emulators.slack.web_api.endpoint import ApiCall

TITLE_TOKENS = 2  # that the stub's title takes
COUNTS_ARE_OLD = 1.5  # seconds; after so long the server's own counts are up to date
HEARTBEAT = "grpc_RecordActivityTaskHeartbeat"
# The server counts a changed memo, which Temporal Cloud does not bill: https://docs.temporal.io/cloud/actions
NOT_BILLED = "command_ModifyWorkflowProperties"


@dataclass(frozen=True)
class Usage:
    """`actions` are those that the Temporal server has counted, by kind."""

    resources: Resources
    slack: Counter[str]
    refused: int
    bill: Bill
    actions: Counter[str]


class Meter:
    """Measures a contender from its making on, and from each reading to the next one."""

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._costs = ModelCosts()
        self._resources = Resources.used_by(contender)
        self._actions: Counter[str] = Counter()

    async def begin(self) -> None:
        """Begins anew. What the model has seen until then may still be cached."""
        await self.read()

    async def read(self) -> Usage:
        """What was used since the last reading. Forgets the calls."""
        stubs, resources = self._contender.stubs, Resources.used_by(self._contender)
        actions = await self._counted()
        usage = Usage(
            resources=resources - self._resources,
            slack=Counter(call.method for call in stubs.slack.calls),
            refused=refused(stubs.slack.calls),
            bill=self._costs.bill(self._model_calls(), time.time()),
            actions=actions - self._actions,
        )
        stubs.forget_requests()
        self._resources, self._actions = Resources.used_by(self._contender), actions
        return usage

    async def _counted(self) -> Counter[str]:
        if not self._contender.recipe.is_durable:
            return Counter()
        await asyncio.sleep(COUNTS_ARE_OLD)
        counted = await self._contender.server.actions()
        del counted[NOT_BILLED]
        return counted

    def _model_calls(self) -> list[tuple[ModelRequest, int]]:
        """The calls since the last reading, each with its output tokens. Titles are asked for in calls of their own."""
        stubs = self._contender.stubs
        titles = ((request, TITLE_TOKENS) for request in stubs.gemini.title_requests)
        return [*((call.request, call.tokens) for call in stubs.model.calls), *titles]


def refused(calls: Sequence[ApiCall]) -> int:
    """How many of these calls Slack has refused because of its limits."""
    return sum(call.outcome == "ratelimited" for call in calls)


def add(contender: Contender, usage: Usage, turns: int, place: str, measurements: Measurements) -> None:
    """Adds what each of so many turns has used."""

    def used(what: str, value: float, unit: str = "per turn") -> None:
        measurements.add(what, place, contender.name, unit, [value / turns])

    used(names.SLACK_CALLS, usage.slack.total())
    for method, count in sorted(usage.slack.items()):
        used(f"{names.SLACK_CALLS}: {method}", count)
    used(names.REFUSED, usage.refused)
    if contender.recipe.is_durable:
        used(names.ACTIONS, usage.actions.total())
        used(names.HEARTBEATS, usage.actions[HEARTBEAT])
        used(names.CPU_WITH_SERVER, 1000 * (usage.resources.own + usage.resources.server), "ms/turn")
    used(names.OWN_CPU, 1000 * usage.resources.own, "ms/turn")
    used(names.MODEL_CALLS, usage.bill.calls)
    used(names.INPUT, usage.bill.given)
    used(names.CACHED, usage.bill.cached)
    used(names.OUTPUT, usage.bill.answered)
    if usage.bill.dollars is not None:
        used(names.PRICE, 100 * usage.bill.dollars, "cents/turn")
    for role, _ in contender.processes:
        measurements.add(names.MEMORY, place, f"{contender.name} {role}", "MB", [contender.memory(role)])
