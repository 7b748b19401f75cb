"""Ends what the playground has started if the playground is killed: otherwise Temporal, the worker and the bot go on.

`Watchdog` is the playground's side. The other side is this file as a process of its own: python playground/watchdog.py.
It reads process ids from its standard input, a line for each change, and ends the last of them when the input ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

LOOK_SECONDS = 0.05  # between two looks at which processes there are: one that starts in between is not ended
PATIENCE_SECONDS = 8.0  # then those that have not ended are killed


class Watchdog:
    """Watches over the processes that `pids` names while the `async with` block runs.

    It holds `lock`, a file descriptor, until they have ended.
    """

    def __init__(self, pids: Callable[[], Iterable[int | None]], lock: int) -> None:
        self._pids = pids
        self._lock = lock
        self._told = ""

    async def __aenter__(self) -> Self:
        command = [sys.executable, "-I", str(Path(__file__))]
        # In a session of its own: neither Ctrl-C nor the end of the terminal reaches it.
        self._process = await asyncio.to_thread(
            subprocess.Popen, command, stdin=subprocess.PIPE, pass_fds=[self._lock], start_new_session=True
        )
        self._telling = asyncio.create_task(self._keep_telling())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._telling.cancel()
        self._tell("")
        with suppress(OSError):
            self._process.communicate()

    async def _keep_telling(self) -> None:
        while True:
            self._tell(" ".join(str(pid) for pid in self._pids() if pid is not None))
            await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, pids: str) -> None:
        if pids == self._told or self._process.stdin is None:
            return
        with suppress(OSError):  # somebody has killed it: then nobody watches
            self._process.stdin.write(f"{pids}\n".encode())
            self._process.stdin.flush()
        self._told = pids


def watch() -> None:
    """Reads until the playground has ended, and ends what it has left."""
    pids: list[int] = []
    for line in sys.stdin:
        pids = [int(word) for word in line.split()]
    _send(signal.SIGTERM, pids)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and _send(0, pids):
        time.sleep(0.05)
    _send(signal.SIGKILL, pids)


def _send(number: int, pids: list[int]) -> bool:
    """Sends a signal to each that is there. Returns whether there was one; 0 only asks."""
    is_there = False
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
            is_there = True
    return is_there


if __name__ == "__main__":
    watch()
