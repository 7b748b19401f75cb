"""Starts the playground: everything on one machine. python -m playground, or `make run`.

Without SLACK_BOT_TOKEN and SLACK_APP_TOKEN there is a local Slack, in the browser or with `python -m playground.chat`.
Without GOOGLE_API_KEY the model is a script that knows a few phrases. Without TEMPORAL_ADDRESS a Temporal dev server is
started. Each process that ends is started again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import webbrowser
from contextlib import AsyncExitStack, suppress
from functools import partial

from playground.playground import Playground
from playground.private_files import OWNER_ONLY
from playground.settings import PlaygroundSettings
from playground.temporal_server import is_in_use
from process import lifetime, logs
from process.settings import load, refuse


async def main(started: list[Playground]) -> None:
    """Runs until it is cancelled. The playground is added to `started` before it starts anything."""
    (settings,) = load(PlaygroundSettings)
    os.umask(OWNER_ONLY)
    logs.configure("lines", "WARNING")
    _check_ports(settings)
    async with AsyncExitStack() as stack:
        playground = Playground(settings, stack)
        started.append(playground)
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


def _check_ports(settings: PlaygroundSettings) -> None:
    """Ends the process with a sentence for each port that is in use."""
    used = {name: port for name, port in settings.ports().items() if is_in_use(port)}
    if used:
        refuse(f"{name}: port {port} is in use; set another one" for name, port in used.items())


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
