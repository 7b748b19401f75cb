"""One session of benchmarks: which stage is set up for what, in which order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from benchmarks import crowds, growth, mishaps
from benchmarks.contenders import ALL, PRODUCT, Contender, Recipe
from benchmarks.measurements import Measurements
from benchmarks.measuring import MeasuredServer
from benchmarks.plan import Crowd, Plan
from benchmarks.turns import TurnBenchmark, describe

FLEET_CROWD = Crowd(20, 10, 3)


class Session:
    """`say` is told what goes on. Each part has a Temporal server of its own, and nothing left of the part before."""

    def __init__(self, plan: Plan, directory: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._directory = directory
        self._say = say
        self.measurements = Measurements()

    async def run(self) -> Measurements:
        await self._one_at_a_time()
        await self._crowds()
        await self._growth()
        await self._mishaps()
        for workers in self._plan.fleets:
            await self._fleet(workers)
        return self.measurements

    async def _one_at_a_time(self) -> None:
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

    async def _growth(self) -> None:
        async with self._stage(PRODUCT) as ((product,), _):
            await growth.open_conversations(product, self._plan.idle_steps, self.measurements)
            self._say(f"{self._plan.idle} conversations opened")
        async with self._stage(*ALL) as (contenders, client):
            plan = self._plan
            letters = {one.name: plan.letters if one is PRODUCT else plan.reference_letters for one in ALL}
            await growth.long_conversations(contenders, client, letters, self.measurements)
            self._say(f"conversations of letters: {letters}")

    async def _mishaps(self) -> None:
        for recipe in ALL if self._plan.reference_kills else (PRODUCT,):
            kills = self._plan.kills if recipe is PRODUCT else self._plan.reference_kills
            async with self._stage(recipe) as ((contender,), _):
                await mishaps.starts(contender, self._plan.starts, self.measurements)
                if recipe.is_durable:
                    await mishaps.kills(contender, kills, self.measurements)
                if recipe is PRODUCT:  # the others just die
                    await mishaps.drains(contender, kills, self.measurements)
            self._say(f"starts and mishaps: {recipe.name}")

    async def _fleet(self, workers: int) -> None:
        async with self._stage(PRODUCT, workers=workers) as (products, _):
            fleet = Measurements()
            await crowds.run(products, FLEET_CROWD, fleet)
        for one in fleet:
            name = f"product, {workers} worker{'s' if workers > 1 else ''}"
            self.measurements.add(one.what, one.where, name, one.unit, one.values)
        self._say(f"{workers} workers")

    @asynccontextmanager
    async def _stage(self, *recipes: Recipe, workers: int = 1) -> AsyncIterator[tuple[Sequence[Contender], Client]]:
        async with AsyncExitStack() as stack:
            server = stack.enter_context(MeasuredServer())
            contenders = [
                await stack.enter_async_context(Contender(recipe, server, self._directory, workers=workers))
                for recipe in recipes
            ]
            yield contenders, await Client.connect(server.address)
