"""Everything on one machine: python -m playground, or `make run`.

Without SLACK_BOT_TOKEN and SLACK_APP_TOKEN there is a local Slack to talk to, in the browser or with
`python -m playground.chat.chat`; without GOOGLE_API_KEY the model is a script that knows a few phrases. Temporal is a
dev server of its own unless TEMPORAL_ADDRESS names another. Each process that ends is started again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import webbrowser
from contextlib import AsyncExitStack, suppress
from functools import partial

from playground.running import Run
from playground.settings import PlaygroundSettings
from playground.temporal_server import is_in_use
from process import lifetime
from process.settings import load, refuse


async def main(started: list[Run]) -> None:
    (settings,) = load(PlaygroundSettings)
    _check_ports(settings)
    async with AsyncExitStack() as stack:
        run = Run(settings, stack)
        started.append(run)
        await run.open()
        print(run.told(), flush=True)
        if run.address and settings.playground_open_browser and _has_browser():
            await asyncio.to_thread(webbrowser.open, run.address)
        await run.keep_running()


def _check_ports(settings: PlaygroundSettings) -> None:
    used = {name: port for name, port in settings.ports().items() if is_in_use(port)}
    if used:
        refuse(f"{name}: port {port} is in use; set another one" for name, port in used.items())


def _has_browser() -> bool:
    """Somebody sits there, at a screen."""
    has_screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return sys.stdout.isatty() and has_screen


def _kill(started: list[Run]) -> None:
    """Nobody wants to wait any more: nothing is left behind, and nothing is lost by it."""
    for process in (one for run in started for one in run.processes.values()):
        with suppress(ProcessLookupError):
            if process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    runs: list[Run] = []
    lifetime.run(partial(main, runs), at_once=partial(_kill, runs))
