"""Started in place of an MCP server's program: starts it, and ends it together with the worker, however that ends.

`python guardian.py FD COMMAND ARGUMENT…`. FD is the reading end of a pipe whose other end only the worker has: it is
closed when the worker ends, also when it is killed. Then, or when the program ends, every process of the program's
group is asked to end and, a moment later, killed. Uses Python's own library only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

GRACE = 1.0  # seconds between SIGTERM and SIGKILL
NOT_STARTED = 127  # the exit code if there is no such program


def main(arguments: list[str]) -> NoReturn:
    """Exits with the program's exit code. Standard input, output and error are the program's."""
    life, command = int(arguments[0]), arguments[1:]
    try:
        program = subprocess.Popen(command, process_group=0)  # noqa: S603  the operator has configured it
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(NOT_STARTED)
    os.close(0)
    os.close(1)  # so that the worker sees the end of the program's output
    threading.Thread(target=_end_with, args=(program,), daemon=True).start()
    os.read(life, 1)
    _end_group(program)


def _end_with(program: subprocess.Popen[bytes]) -> None:
    program.wait()
    _end_group(program)


def _end_group(program: subprocess.Popen[bytes]) -> NoReturn:
    """Ends the program and all that it has started."""
    _signal_group(program, signal.SIGTERM)
    latest = time.monotonic() + GRACE
    while program.poll() is None and time.monotonic() < latest:
        time.sleep(0.02)
    _signal_group(program, signal.SIGKILL)
    code = program.wait()
    os._exit(128 - code if code < 0 else code)


def _signal_group(program: subprocess.Popen[bytes], number: int) -> None:
    with suppress(OSError):  # there is nobody left
        os.killpg(program.pid, number)


if __name__ == "__main__":
    main(sys.argv[1:])
