"""A contender that runs: its processes, on stubs of its own."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from agent_worker.contract.names import workflow_id
from benchmarks.contenders.recipes import Part, Recipe, Role
from benchmarks.measurements import processes
from benchmarks.measurements.temporal_server import MeasuredServer
from benchmarks.references.tutorial.workflow import workflow_id as tutorial_workflow_id
from benchmarks.stubs.exchanges import Observer
from benchmarks.stubs.services import Stubs
from playground.processes import ROOT, ManagedProcess


class Contender:
    """`async with Contender(recipe, server, directory) as contender:` starts its stubs and its processes.

    With `rate_limits`, its Slack has those of the real one.

    Kills the processes at the end. If the block raises, prints the last lines that each process has written.
    """

    def __init__(
        self,
        recipe: Recipe,
        server: MeasuredServer,
        directory: Path,
        *,
        workers: int = 1,
        rate_limits: bool = False,
    ) -> None:
        self.recipe = recipe
        self.server = server
        self.stubs = Stubs(rate_limits=rate_limits)
        self.observer = Observer(self.stubs.slack)
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
        await self._stack.enter_async_context(self.observer)
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
        """Starts one process after the other, as if each had a machine of its own; the seconds until each was up."""
        seconds: dict[Role, float] = {}
        for role, process in self.processes:
            begun = time.monotonic()
            await process.start()
            seconds[role] = time.monotonic() - begun
        return seconds

    async def stop(self) -> None:
        """Ends all processes by SIGTERM."""
        await asyncio.gather(*(process.stop() for _, process in self.processes))

    def process(self, role: Role) -> ManagedProcess:
        """The first process of this role; raises StopIteration if there is none."""
        return next(process for of, process in self.processes if of == role)

    @property
    def cpu_seconds(self) -> float:
        """What its processes have used since they started; the stubs and the Temporal server do not count."""
        return processes.cpu_seconds(process.pid for _, process in self.processes)

    def memory(self, role: Role) -> float:
        """Resident memory of the first process of this role, in megabytes."""
        return processes.memory(self.process(role).pid)

    def workflow_id(self, channel: str, thread_ts: str, ts: str) -> str:
        """The id of the workflow that answers the message `ts`."""
        if self.recipe.is_product:
            return workflow_id(self.stubs.slack.team_id, channel, thread_ts)
        return tutorial_workflow_id(channel, ts)

    def _process(self, part: Part) -> ManagedProcess:
        environment = {
            **self.stubs.environment,
            "TEMPORAL_ADDRESS": self.server.address,
            "TEMPORAL_TASK_QUEUE": self._task_queue,
            "AGENTS_DIR": str(self._agents()),
            **self.recipe.settings,
        }
        return ManagedProcess(part.module, environment, ready=part.ready, directory=self._directory)

    def _agents(self) -> Path:
        """A folder with the default agent alone, as in the Docker image."""
        folder = self._directory / "agents"
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / "agents" / "default.md", folder)
        return folder
