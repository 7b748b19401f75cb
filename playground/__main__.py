"""Starts the playground: everything on one machine. python -m playground, or `make run`.

Without SLACK_BOT_TOKEN and SLACK_APP_TOKEN there is a local Slack, in the browser or with `python -m playground.chat`.
Without GOOGLE_API_KEY the model is a script that looks for words and calls the tools that fit. Without TEMPORAL_ADDRESS
a Temporal dev server is started. Each process that ends is started again.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Ctrl-C ends it without a traceback also while the rest is imported
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio
import os
import socket
import sys
import webbrowser
from contextlib import AsyncExitStack, suppress
from functools import partial

from playground.playground import KEPT, Playground
from playground.private_files import OWNER_ONLY, keep_private
from playground.run_lock import InUseError, RunLock
from playground.settings import PlaygroundSettings
from playground.temporal_server import is_in_use
from playground.watchdog import Watchdog
from process import lifetime, logs
from process.settings import load, refuse
from process.temporal import connection

CANNOT_START = "The playground cannot start here:"


async def main(started: list[Playground]) -> None:
    """Runs until it is cancelled. The playground is added to `started` before it starts anything."""
    settings, _ = load(PlaygroundSettings, connection)
    os.umask(OWNER_ONLY)
    logs.configure("lines", "WARNING")
    lock = _take_folder()
    _check_ports(settings)
    async with AsyncExitStack() as stack:
        playground = Playground(settings, stack)
        started.append(playground)
        processes = playground.processes
        await stack.enter_async_context(Watchdog(lambda: [one.pid for one in processes.values()], lock.descriptor))
        if sys.stdout.isatty():
            print("Starting Temporal, the worker and the bot …", flush=True)
        await _open(playground)
        print(playground.introduction(), flush=True)
        if playground.address and settings.playground_open_browser and _has_browser():
            await asyncio.to_thread(webbrowser.open, playground.address)
        await playground.keep_running()


async def _open(playground: Playground) -> None:
    """Starts everything. Ends the process with a sentence if something does not start."""
    try:
        await playground.open()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        raise SystemExit(lifetime.FAILED) from None


def _take_folder() -> RunLock:
    """Makes the folder for what is kept, for this process alone. Ends it with a sentence if that is not possible."""
    lock = RunLock(KEPT)
    try:
        keep_private(KEPT)
        lock.take()
    except (ValueError, InUseError) as error:
        refuse([str(error)], heading=CANNOT_START)
    except OSError as error:
        refuse([f"nothing can be written in {KEPT.absolute()} ({error.strerror})"], heading=CANNOT_START)
    return lock


def _check_ports(settings: PlaygroundSettings) -> None:
    """Ends the process with a sentence for each port that is in use, or not to be had."""
    ports = settings.ports()
    problems = [f"{name}: port {port} {why}" for name, port in ports.items() if (why := _trouble_with(port))]
    if len(set(ports.values())) < len(ports):
        problems.append(f"{' and '.join(ports)}: they must differ")
    if problems:
        refuse(problems)


def _trouble_with(port: int) -> str:
    """Why a server cannot listen on the port; "" if it can."""
    if is_in_use(port):
        return "is in use; set another one"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return f"cannot be used ({error.strerror}); set another one"
    return ""


def _has_browser() -> bool:
    """Whether a person at a screen would see a browser window."""
    has_screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return sys.stdout.isatty() and has_screen


def _kill(started: list[Playground]) -> None:
    """Kills all processes at once, when Ctrl-C was pressed twice. Nothing is lost, as after any crash."""
    for process in (process for playground in started for process in playground.processes.values()):
        with suppress(ProcessLookupError):
            if process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    playgrounds: list[Playground] = []
    lifetime.run(partial(main, playgrounds), at_once=partial(_kill, playgrounds))
