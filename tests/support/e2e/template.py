"""`python -m tests.support.e2e.template FD`: imports the project once; each process of the tests is a fork of it.

Importing takes about one second of processor time, and the tests start some two hundred processes. A forked process
reads its environment, makes its clients and ends as one that `python -m MODULE` has started.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

MODULES = ("agent_worker.__main__", "agent_worker.ask", "agent_worker.feedback.__main__", "slackbot.__main__")
LONGEST_REQUEST = 100_000  # bytes


class Template:
    """Takes requests for processes from the socket `control`.

    A request is JSON with `module`, `arguments`, `environment` and `directory`. Three open files come with it: the
    standard input of the new process, its output, and a pipe. The template writes the id of the process into the pipe,
    and, when it has ended, its exit code.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._reports: dict[int, int] = {}  # by process id: the pipe for the exit code
        self._woken, self._wakes = os.pipe()
        os.set_blocking(self._wakes, False)
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Returns when the test process closes the socket or ends. The processes that still run are killed then."""
        signal.set_wakeup_fd(self._wakes)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only with a handler does the end of a process wake us
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    request, files, *_rest = socket.recv_fds(self._control, LONGEST_REQUEST, 3)
                    if not request:
                        return self._kill_all()
                    self._start(json.loads(request), files)
                else:
                    os.read(self._woken, 1_000)
                    self._report_ends()

    def _start(self, request: dict[str, Any], files: list[int]) -> None:
        stdin, stdout, report = files
        pid = os.fork()
        if pid == 0:
            self._let_go()
            os.close(report)
            become(request, stdin, stdout)
        os.close(stdin)
        os.close(stdout)
        self._reports[pid] = report
        os.write(report, f"{pid}\n".encode())

    def _let_go(self) -> None:
        """Closes, in the new process, what belongs to the template."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        self._control.close()
        for number in (self._woken, self._wakes, *self._reports.values()):
            os.close(number)

    def _kill_all(self) -> None:
        for pid in self._reports:
            os.kill(pid, signal.SIGKILL)

    def _report_ends(self) -> None:
        while self._reports:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            report = self._reports.pop(pid)
            with suppress(BrokenPipeError):  # the test process has ended
                os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
            os.close(report)


def become(request: dict[str, Any], stdin: int, stdout: int) -> NoReturn:
    """Runs the requested module as `python -m` does, and ends the process."""
    code = 1
    try:
        os.setsid()
        for source, target in ((stdin, 0), (stdout, 1), (stdout, 2)):
            os.dup2(source, target)
        os.close(stdin)
        os.close(stdout)
        os.chdir(request["directory"])
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.argv = [request["module"], *request["arguments"]]
        sys.path[0] = request["directory"]
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  as the interpreter itself does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in MODULES:
        importlib.import_module(name)
        del sys.modules[name]  # it is run as `__main__`
    gc.collect()
    gc.freeze()  # so that the garbage collector of a forked process does not look through the imported modules
    Template(control).serve()


if __name__ == "__main__":
    main()
