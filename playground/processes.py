"""The project's processes, started as a user starts them: `python -m …` with an environment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60.0  # a slow machine needs half of them
STOP_SECONDS = 40.0  # the worker gives running activities 30 s to finish
# The only variables of this process's environment that are passed on. All others have to be given.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")


class ManagedProcess:
    """One process.

    `lines` holds the lines that it has written. It is up when it has written a line that contains `ready`. `typed` is
    sent to its standard input, which is then closed. `on_line` is called with each line.
    """

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

    def change_environment(self, **environment: str) -> None:
        """From the next start on."""
        self._environment |= environment

    async def start(self, *, wait: bool = True) -> None:
        """Starts the process and, with `wait`, returns when it is up."""
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
            start_new_session=True,  # Ctrl-C at the terminal must not reach it: this process stops it in order
        )

    async def is_up(self) -> None:
        """Waits until the process is up. Raises RuntimeError with the end of its log if it ends or takes over 60 s."""
        try:
            await asyncio.wait_for(self._ready.wait(), READY_SECONDS)
        except TimeoutError:
            await self.kill()
            raise self._failure(f"was not up after {READY_SECONDS:.0f} s") from None
        if self.return_code is not None:
            raise self._failure(f"did not start (exit code {self.return_code})")

    def _failure(self, what: str) -> RuntimeError:
        log = "\n".join(self.lines[-30:])
        return RuntimeError(f"{self._module} {what}, and wrote:\n{log}")

    async def _type(self, process: asyncio.subprocess.Process) -> None:
        """Writes `typed` to the standard input of the process and closes it."""
        assert process.stdin is not None
        with suppress(ConnectionError):  # the process has ended without reading
            process.stdin.write(self._typed.encode())
            await process.stdin.drain()
        process.stdin.close()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            self._another_line.set()  # wakes those that wait; a new event is for those that wait later
            self._another_line = asyncio.Event()
            if self._on_line:
                self._on_line(line)
            if self._ready_line in line:
                self._ready.set()
        await process.wait()
        self._ready.set()  # an ended process never becomes ready: `is_up` must not wait

    async def logged(self, text: str) -> None:
        """Waits until the process has written a line that contains `text`."""
        while not any(text in line for line in self.lines):
            await self._another_line.wait()

    async def ended(self) -> int:
        """Waits until the process has ended and `lines` is complete. Returns the exit code, negative for a signal."""
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
        """Sends SIGTERM and, if the process has not ended after `seconds`, SIGKILL. Returns the exit code."""
        return await self._end(signal.SIGTERM, seconds)

    async def close(self, seconds: float = STOP_SECONDS) -> int:
        """Stops the process for good."""
        return await self.stop(seconds)

    async def kill(self) -> int:
        """Sends SIGKILL, as a crash would end it. Returns the exit code."""
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
