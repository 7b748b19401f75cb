"""What is compared: the product and the two references, each as processes of its own on stubs of its own."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from uuid import uuid4

from agent_worker.contract.names import workflow_id
from benchmarks import measuring
from benchmarks.references import plain, tutorial, tutorial_bot, tutorial_worker
from benchmarks.stubs import Stubs
from benchmarks.watching import Watch
from playground.processes import ManagedProcess

Role = Literal["worker", "bot"]


@dataclass(frozen=True)
class Part:
    """One process: the module that is run, and what it says when it is up."""

    role: Role
    module: str
    ready: str


@dataclass(frozen=True)
class Recipe:
    name: str
    parts: tuple[Part, ...]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        return any(part.role == "worker" for part in self.parts)


PRODUCT = Recipe(
    "product",
    (Part("worker", "benchmarks.worker", "worker is ready"), Part("bot", "slackbot", "bot is listening")),
    {"AGENT_MAX_HOURLY_TURNS": "1000000"},  # nobody talks for so long, and the benchmark does
)
PLAIN = Recipe("plain", (Part("bot", "benchmarks.references.plain", plain.READY),))
TUTORIAL = Recipe(
    "tutorial",
    (
        Part("worker", "benchmarks.references.tutorial_worker", tutorial_worker.READY),
        Part("bot", "benchmarks.references.tutorial_bot", tutorial_bot.READY),
    ),
)
ALL = (PRODUCT, PLAIN, TUTORIAL)


class Contender:
    """`async with Contender(recipe, server, directory) as contender:` has its stubs up and its processes running."""

    def __init__(self, recipe: Recipe, server: measuring.MeasuredServer, directory: Path, *, workers: int = 1) -> None:
        self.recipe = recipe
        self.server = server
        self.stubs = Stubs()
        self.watch = Watch(self.stubs.slack)
        self._directory = directory
        self._workers = workers
        self._task_queue = f"{recipe.name}-{uuid4().hex[:8]}"
        self._stack = AsyncExitStack()
        self.processes: list[tuple[Role, ManagedProcess]] = []

    @property
    def name(self) -> str:
        return self.recipe.name

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.stubs)
        await self._stack.enter_async_context(self.watch)
        for part in self.recipe.parts:
            for _ in range(self._workers if part.role == "worker" else 1):
                self.processes.append((part.role, self._process(part)))
        try:
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for _, process in self.processes:
            await process.kill()
        await self._stack.aclose()
        if kind is not None:
            for _, process in self.processes:
                print("\n".join(process.lines[-30:]))

    async def start(self) -> dict[Role, float]:
        """Each process after the other, as each would start on a machine of its own; the seconds until it was up."""
        seconds: dict[Role, float] = {}
        for role, process in self.processes:
            begun = time.monotonic()
            await process.start()
            seconds[role] = time.monotonic() - begun
        return seconds

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for _, process in self.processes))

    def process(self, role: Role) -> ManagedProcess:
        """The first process of this role; StopIteration where there is none."""
        return next(process for of, process in self.processes if of == role)

    @property
    def cpu_seconds(self) -> float:
        return measuring.cpu_seconds(process.pid for _, process in self.processes)

    def memory(self, role: Role) -> float:
        return measuring.memory(self.process(role).pid)

    def workflow_id(self, channel: str, thread_ts: str, ts: str) -> str:
        """Of the workflow that answers a message."""
        if self.recipe is PRODUCT:
            return workflow_id(self.stubs.slack.team_id, channel, thread_ts)
        return tutorial.workflow_id(channel, ts)

    def _process(self, part: Part) -> ManagedProcess:
        environment = {
            **self.stubs.environment,
            "TEMPORAL_ADDRESS": self.server.address,
            "TEMPORAL_TASK_QUEUE": self._task_queue,
            **self.recipe.settings,
        }
        return ManagedProcess(part.module, environment, ready=part.ready, directory=self._directory)
