"""A process whose next start is quick, because a spare one waits beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from playground.development.spare import BEGIN
from playground.processes import STOP_SECONDS, ManagedProcess


class WarmProcess(ManagedProcess):
    """Runs a package as `playground.development.child` does. The spare is started when the process is up."""

    def __init__(self, package: str, environment: Mapping[str, str], **options: Any) -> None:
        """The `options` are those of a ManagedProcess."""
        begin = f"{BEGIN}\n"
        super().__init__("playground.development.spare", environment, arguments=[package], typed=begin, **options)
        self._given: Mapping[str, str] = {}
        self._spare: asyncio.subprocess.Process | None = None
        self._preparing: asyncio.Task[None] | None = None

    async def start(self, *, wait: bool = True) -> None:
        await super().start(wait=wait)
        self._preparing = asyncio.create_task(self._prepare())

    async def close(self, seconds: float = STOP_SECONDS) -> int:
        spare = await self._taken_spare()
        if spare is not None:
            spare.kill()
            await spare.wait()
        return await super().close(seconds)

    async def _spawn(self, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
        self._given = environment
        return await self._taken_spare() or await super()._spawn(environment)

    async def _prepare(self) -> None:
        await self._ready.wait()
        if self.is_running:
            self._spare = await super()._spawn(self._given)

    async def _taken_spare(self) -> asyncio.subprocess.Process | None:
        """The spare, if there is one that still waits; from now on there is none."""
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.wait([self._preparing])
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.returncode is None else None


def reporting_process(package: str, environment: Mapping[str, str], **options: Any) -> ManagedProcess:
    """The same without a spare."""
    return ManagedProcess("playground.development.child", environment, arguments=[package], **options)
