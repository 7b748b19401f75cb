"""`python -m playground.development.child PACKAGE`: the worker or the bot, which also reports what fails in it.

A report is a line on standard output that only the playground reads. It has the text of the exception, which no log may
have: the playground's page is on the machine of whoever writes the code.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading

from playground.development.failures import Failure
from process import lifetime

STANDARD_OUTPUT = 1
IMPORT_SECONDS = 8.0  # in which the tools should be imported, also on a slow machine
# The last one tells of exceptions in workflow code.
LOGGERS = ("agent_worker", "slackbot", "process", "temporalio.worker")


def tell(failure: Failure) -> None:
    os.write(STANDARD_OUTPUT, f"{failure.report()}\n".encode(errors="replace"))


def watch_imports(seconds: float = IMPORT_SECONDS) -> None:
    """Reports, after this time, where the main thread is if it is still importing a tool."""

    def look() -> None:
        frames = sys._current_frames()  # noqa: SLF001  the only way to see another thread
        if failure := Failure.of_import(frames.get(threading.main_thread().ident or 0)):
            tell(failure)

    timer = threading.Timer(seconds, look)
    timer.daemon = True
    timer.start()


class Reports(logging.Handler):
    """Reports each exception that is logged. The log has the traceback of one that comes again only once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last: Failure | None = None

    def emit(self, record: logging.LogRecord) -> None:
        failure = Failure.of_record(record)
        if failure is None:
            return
        tell(failure)
        if failure == self._last:
            record.exc_info = None  # for the handlers of the root, which come later
        self._last = failure


def has_no_exception(record: logging.LogRecord) -> bool:
    """A filter for what Temporal says of an activity that has failed: our own log has said it already."""
    return not record.exc_info


def main(package: str) -> None:
    """Runs the package as `python -m` does. Never returns."""
    logging.basicConfig(format="%(message)s")  # until the process has read how it is to log
    reports = Reports()
    for name in LOGGERS:
        logging.getLogger(name).addHandler(reports)
    logging.getLogger("temporalio.activity").addFilter(has_no_exception)
    watch_imports()
    try:
        module = importlib.import_module(f"{package}.__main__")
    except Exception:
        logging.getLogger("process").exception("process failed")
        lifetime.exit_now(lifetime.FAILED)
    lifetime.run(module.main)


if __name__ == "__main__":
    main(sys.argv[1])
