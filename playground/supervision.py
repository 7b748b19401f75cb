"""Processes that are started again when they end, as whatever runs them in production would do it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from playground.processes import ManagedProcess
from playground.temporal_server import DevServer
from process.settings import BAD_SETTINGS

RESTART_PAUSE = 1.0  # seconds
STOP_SECONDS = 5.0  # then it is killed: nothing is lost by that, and whoever has pressed Ctrl-C waits
KEPT_LINES = 1_000  # of a process's log
Changed = Callable[[], None]  # called whenever something about a process has changed


class SupervisedProcess:
    """The worker or the bot. Its log is printed from when it has first come up; what comes before is its own affair."""

    def __init__(
        self, module: str, label: str, environment: Mapping[str, str], *, ready: str, changed: Changed, is_loud: bool
    ) -> None:
        self.is_up = False
        self.restarts = 0
        self._label = label
        self._ready = ready
        self._changed = changed
        self._is_loud = is_loud
        self._process = ManagedProcess(module, environment, ready=ready, directory=Path.cwd(), on_line=self._heard)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process.is_running else None

    async def launch(self) -> None:
        await self._process.start(wait=False)

    async def comes_up(self) -> None:
        """Returns when it is up; raises RuntimeError with its log when it does not come up."""
        try:
            await self._process.is_up()
        except RuntimeError:
            if self._process.return_code != BAD_SETTINGS:
                raise
            print(*([] if self._is_loud else self._process.lines), sep="\n", file=sys.stderr)
            raise SystemExit(BAD_SETTINGS) from None

    async def keep_running(self) -> None:
        self._is_loud = True
        while True:
            code = await self._process.ended()
            if code == BAD_SETTINGS:
                raise SystemExit(BAD_SETTINGS)
            self.is_up = False
            self._changed()
            self._say(f"ended with code {code}; starting it again")
            await asyncio.sleep(RESTART_PAUSE)
            self.restarts += 1
            await self._process.start(wait=False)
            self._changed()

    async def kill(self) -> None:
        await self._process.kill()

    async def stop(self) -> None:
        await self._process.stop(STOP_SECONDS)

    def _heard(self, line: str) -> None:
        del self._process.lines[:-KEPT_LINES]
        if self._is_loud:
            self._say(line)
        if self._ready in line and not self.is_up:
            self.is_up = True
            if self.restarts:
                self._say(f"is back (pid {self._process.pid})")
            self._changed()

    def _say(self, line: str) -> None:
        print(f"{self._label:>6} | {line}", flush=True)


class SupervisedServer:
    """Temporal's dev server, which can also be taken away for a while."""

    def __init__(self, server: DevServer, *, changed: Changed) -> None:
        self.restarts = 0
        self._server = server
        self._changed = changed
        self._is_wanted = asyncio.Event()
        self._turn = asyncio.Lock()  # it is not started and stopped at the same time

    @property
    def pid(self) -> int | None:
        return self._server.pid

    @property
    def is_up(self) -> bool:
        return self._server.pid is not None and not self._turn.locked()

    async def start(self) -> None:
        self._is_wanted.set()
        await asyncio.to_thread(self._server.start)

    async def keep_running(self) -> None:
        while True:
            await self._is_wanted.wait()
            await asyncio.sleep(RESTART_PAUSE)
            if self._server.pid is None and self._is_wanted.is_set():
                self._changed()
                await self._start_again()

    async def _start_again(self) -> None:
        self.restarts += 1
        try:
            async with self._turn:
                await asyncio.to_thread(self._server.start)
        except RuntimeError as error:
            print(f"temporal | {error}; trying again", flush=True)
        self._changed()

    async def kill(self) -> None:
        async with self._turn:
            await asyncio.to_thread(self._server.kill)

    async def go_away(self, is_away: bool) -> None:  # noqa: FBT001  what all that go away take
        """Stops it, and keeps it from being started; or lets it be started again."""
        if not is_away:
            self._is_wanted.set()
            return
        self._is_wanted.clear()
        await self._stop()

    async def stop(self) -> None:
        await self._stop()

    async def _stop(self) -> None:
        async with self._turn:
            await asyncio.to_thread(self._server.stop)
