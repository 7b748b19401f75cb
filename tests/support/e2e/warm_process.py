"""The project's processes for tests, forked from a template that has imported the project: five times faster.

`tests/e2e/test_warm_process.py` proves that they are what `python -m` starts. The playground's tests fork nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, cast

from playground.processes import ROOT, ManagedProcess


class WarmProcess(ManagedProcess):
    """A `ManagedProcess` that does not import the project anew. Whoever uses it asks for the fixture `processes`."""

    async def _spawn(self, environment: Mapping[str, str]) -> Process:
        return cast("Process", await Forked.of(self._module, self._arguments, environment, self._directory))


class Forked:
    """A running process, with those parts of `asyncio.subprocess.Process` that `ManagedProcess` uses.

    The pipe `report` brings the exit code. A process whose template has ended was killed by it.
    """

    def __init__(
        self, pid: int, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, report: asyncio.StreamReader
    ) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None
        self._ending = asyncio.create_task(self._ended(report))

    @classmethod
    async def of(cls, module: str, arguments: Sequence[str], environment: Mapping[str, str], directory: Path) -> Forked:
        request = {
            "module": module,
            "arguments": list(arguments),
            "environment": dict(environment),
            "directory": str(directory),
        }
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_report, theirs_report = os.pipe()
        theirs = [theirs_in, theirs_out, theirs_report]
        _template().ask(request, theirs)
        for number in theirs:
            os.close(number)
        stdin, stdout, report = await _writer(ours_in), await _reader(ours_out), await _reader(ours_report)
        return cls(int(await report.readline()), stdin, stdout, report)

    async def _ended(self, report: asyncio.StreamReader) -> int:
        self.returncode = int(await report.read() or -signal.SIGKILL)  # up to the end of the pipe, which is then closed
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Template:
    """The process `tests.support.e2e.template` of this test process."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            words = [sys.executable, "-m", "tests.support.e2e.template", str(number)]
            self._process = subprocess.Popen(words, cwd=ROOT, pass_fds=[number], stdin=subprocess.DEVNULL)

    def ask(self, request: dict[str, Any], files: list[int]) -> None:
        socket.send_fds(self._control, [json.dumps(request).encode()], files)

    def end(self) -> None:
        self._control.close()
        self._process.wait()


@cache
def _template() -> _Template:
    return _Template()


def end_template() -> None:
    """Ends the template, and kills what is left of its processes. The next process gets a new template."""
    if _template.cache_info().currsize:
        _template().end()
        _template.cache_clear()


# The ends of pipes that this test process keeps


async def _reader(number: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(number, "rb"))
    return reader


async def _writer(number: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(number, "wb"))
    return asyncio.StreamWriter(transport, protocol, None, loop)
