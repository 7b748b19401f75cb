"""The life of a process: it runs until a signal stops it, closes what it has opened, and exits at once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, NoReturn

FAILED = 1
logger = logging.getLogger("process")


def run(main: Callable[[], Coroutine[Any, Any, None]], *, at_once: Callable[[], None] = lambda: None) -> NoReturn:
    """Runs `main` and exits the process: with 0 if it ended or was stopped, with 1 if it failed.

    The first SIGTERM, SIGINT or SIGHUP (the terminal was closed) cancels `main`, whose `async with` blocks then close
    in order and may take the time they need. A second signal calls `at_once` and exits with 128 plus the signal's
    number, without waiting for them. SIGHUP is ignored where it was when the process began, as under nohup.
    """
    try:
        code = asyncio.run(_until_stopped(main, at_once))
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else FAILED
    except Exception:
        logger.exception("process failed")
        code = FAILED
    exit_now(code)


def exit_now(code: int) -> NoReturn:
    """Exits without the interpreter's shutdown: temporalio 1.35 aborts in one of twenty shutdowns (sdk-python #300).

    Or it never ends: then a process that was stopped would stay, so it exits also where nobody reads its output.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


async def _until_stopped(main: Callable[[], Coroutine[Any, Any, None]], at_once: Callable[[], None]) -> int:
    """Runs `main` and returns 0; raises what `main` raised, unless a signal has cancelled it."""
    task = asyncio.create_task(main())
    signals: list[int] = []

    def stop(number: int) -> None:
        if number == signal.SIGHUP:
            _write_nowhere()
            if signals:  # a shell that ends passes it on once more
                return
        signals.append(number)
        if len(signals) > 1:
            at_once()
            exit_now(128 + number)
        logger.info("stopping", extra={"signal": signal.Signals(number).name})
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in _heeded():
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not signals:
            raise
    return 0


def _heeded() -> list[signal.Signals]:
    """The signals that stop the process."""
    outlives_terminal = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([] if outlives_terminal else [signal.SIGHUP])]


def _write_nowhere() -> None:
    """The terminal is gone: whatever would be written to it would fail, also what is written while things close."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
