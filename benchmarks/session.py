"""One session of benchmarks: which workloads run, on which contenders, in which order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

from temporalio.client import Client

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.recipes import ALL, ALL_WITH_LIMITS, PRODUCT, Recipe
from benchmarks.measurements.measurements import Measurements
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.plan import Crowd, Plan
from benchmarks.workloads import crowds, long_conversations, open_conversations, restarts
from benchmarks.workloads.real import comparison, many_threads, names, one_thread
from benchmarks.workloads.turns import TurnBenchmark, describe

Workload = Literal["all", "fast", "real"]
CROWD_OF_WORKERS = Crowd(20, 10, 3)  # what each number of workers is measured with


class Session:
    """Runs a plan. Each part has a Temporal server and processes of its own, so no part affects the next one.

    `say` is called with one line of progress at a time; `directory` is the working directory of the processes.
    """

    def __init__(self, plan: Plan, directory: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._directory = directory
        self._say = say
        self.measurements = Measurements()

    async def run(self, workload: Workload = "all") -> Measurements:
        if workload != "real":
            await self._fast_models()
        if workload != "fast":
            await self._real_models()
        return self.measurements

    async def _fast_models(self) -> None:
        """All that is done with models that answer at once, or nearly so."""
        await self._turns()
        await self._crowds()
        await self._open_conversations()
        await self._long_conversations()
        await self._restarts()
        for workers in self._plan.worker_counts:
            await self._workers(workers)

    async def _real_models(self) -> None:
        real = self._plan.real
        async with self._stage(*ALL_WITH_LIMITS, rate_limits=True) as (contenders, _):
            await one_thread.run(contenders, real.kinds, real.rounds, self.measurements)
        self._say(f"one thread at the speed of real models: {', '.join(real.kinds)}")
        for load in real.loads:
            async with self._stage(*ALL_WITH_LIMITS, rate_limits=True) as (contenders, _):
                await many_threads.run(contenders, load, self.measurements)
            self._say(names.many_threads(names.MIXED, load.threads, load.seconds))
        comparison.add(self.measurements)

    async def _turns(self) -> None:
        async with self._stage(*ALL) as (contenders, client):
            benchmark = TurnBenchmark(contenders, client, self.measurements)
            for turns in self._plan.turns:
                await benchmark.run(turns)
                self._say(f"{turns.kind} at {turns.latencies.name}: {describe(self.measurements, turns)}")

    async def _crowds(self) -> None:
        for crowd in self._plan.crowds:
            async with self._stage(*ALL) as (contenders, _):
                await crowds.run(contenders, crowd, self.measurements)
            for recipe in ALL:
                speed = self.measurements.median("turns per second", crowds.where(crowd), recipe.name)
                self._say(f"{crowds.where(crowd)}: {recipe.name} {speed:.1f} turns/s")

    async def _open_conversations(self) -> None:
        async with self._stage(PRODUCT) as ((product,), _):
            await open_conversations.run(product, self._plan.open_counts, self.measurements)
        self._say(f"{self._plan.open_counts[-1]} conversations opened")

    async def _long_conversations(self) -> None:
        plan = self._plan
        letters = {one.name: plan.letters if one is PRODUCT else plan.reference_letters for one in ALL}
        async with self._stage(*ALL) as (contenders, client):
            await long_conversations.run(contenders, client, letters, self.measurements)
        self._say(f"long conversations, in turns: {letters}")

    async def _restarts(self) -> None:
        for recipe in ALL if self._plan.reference_kills else (PRODUCT,):
            kills = self._plan.kills if recipe is PRODUCT else self._plan.reference_kills
            async with self._stage(recipe) as ((contender,), _):
                await restarts.starts(contender, self._plan.starts, self.measurements)
                if recipe.is_durable:
                    await restarts.kills(contender, kills, self.measurements)
                if recipe is PRODUCT:  # the references do not finish their turns before they end
                    await restarts.drains(contender, kills, self.measurements)
            self._say(f"starts, kills and ends: {recipe.name}")

    async def _workers(self, workers: int) -> None:
        measured = Measurements()
        async with self._stage(PRODUCT, workers=workers) as (products, _):
            await crowds.run(products, CROWD_OF_WORKERS, measured)
        name = f"product, {workers} worker{'s' if workers > 1 else ''}"
        for one in measured:
            self.measurements.add(one.what, one.where, name, one.unit, one.values)
        self._say(f"{workers} workers")

    @asynccontextmanager
    async def _stage(
        self, *recipes: Recipe, workers: int = 1, rate_limits: bool = False
    ) -> AsyncIterator[tuple[Sequence[Contender], Client]]:
        """A new Temporal server, the contenders running on it, and a client of it."""
        async with AsyncExitStack() as stack:
            server = stack.enter_context(MeasuredServer())
            contenders = [
                await stack.enter_async_context(
                    Contender(recipe, server, self._directory, workers=workers, rate_limits=rate_limits)
                )
                for recipe in recipes
            ]
            yield contenders, await Client.connect(server.address)
