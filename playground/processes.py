"""The project's own processes, started as a user starts them: `python -m …` with an environment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY_SECONDS = 30.0
STOP_SECONDS = 40.0  # the worker lets running steps finish for 30 s
# What the surroundings may hold is not meant for these processes: they get what they are given.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")


class ManagedProcess:
    """One process. `lines` holds what it has written; `ready` is part of the line that says it is up."""

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str],
        *,
        ready: str,
        arguments: Sequence[str] = (),
        typed: str = "",
        directory: Path = ROOT,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.lines: list[str] = []
        self._module = module
        self._arguments = arguments
        self._typed = typed
        self._environment = dict(environment)
        self._ready_line = ready
        self._directory = directory
        self._on_line = on_line
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._another_line = asyncio.Event()

    async def start(self, *, wait: bool = True) -> None:
        """Starts it and, with `wait`, returns when it is up."""
        self._ready.clear()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = await self._spawn({**kept, "PYTHONPATH": str(ROOT), **self._environment})
        self._reading = asyncio.create_task(self._read(self._process))
        await self._type(self._process)
        if wait:
            await self.is_up()

    async def _spawn(self, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            *self._arguments,
            cwd=self._directory,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the one who started us
        )

    async def is_up(self) -> None:
        """Waits until it is up; raises RuntimeError with the end of its log when it does not come up."""
        try:
            await asyncio.wait_for(self._ready.wait(), READY_SECONDS)
        except TimeoutError:
            await self.kill()
        if self.return_code is not None:
            log = "\n".join(self.lines[-30:])
            raise RuntimeError(f"{self._module} did not start (exit code {self.return_code}):\n{log}")

    async def _type(self, process: asyncio.subprocess.Process) -> None:
        """Gives it what it is to find on its standard input, and nothing after that."""
        assert process.stdin is not None
        with suppress(ConnectionError):  # one that ends at once reads nothing
            process.stdin.write(self._typed.encode())
            await process.stdin.drain()
        process.stdin.close()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            self._another_line.set()  # whoever waits now looks again; whoever waits later waits for the next one
            self._another_line = asyncio.Event()
            if self._on_line:
                self._on_line(line)
            if self._ready_line in line:
                self._ready.set()
        await process.wait()
        self._ready.set()  # nobody should wait for a process that has ended

    async def logged(self, text: str) -> None:
        """Waits until it has logged a line with this text."""
        while not any(text in line for line in self.lines):
            await self._another_line.wait()

    async def ended(self) -> int:
        """Waits until it has ended and all it said is in `lines`; its exit code, negative for a signal."""
        assert self._process is not None
        assert self._reading is not None
        await asyncio.shield(self._reading)
        return await self._process.wait()

    @property
    def return_code(self) -> int | None:
        return self._process.returncode if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def stop(self, seconds: float = STOP_SECONDS) -> int:
        """SIGTERM, and its exit code; SIGKILL when it does not end in time."""
        return await self._end(signal.SIGTERM, seconds)

    async def kill(self) -> int:
        """SIGKILL: as a crash would."""
        return await self._end(signal.SIGKILL, STOP_SECONDS)

    async def _end(self, number: signal.Signals, seconds: float) -> int:
        if self._process is None or self._reading is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            await asyncio.wait_for(asyncio.shield(self._reading), seconds)
        except TimeoutError:
            self._process.kill()
            await self._reading
        return await self._process.wait()
