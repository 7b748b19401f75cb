"""Processes that are started again when they end, as a process manager does it in production."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from playground.development.failures import Failure
from playground.development.process_notices import ProcessNotices
from playground.page.notices import Notices
from playground.processes import ManagedProcess
from playground.temporal_server import DevServer
from process.settings import BAD_SETTINGS
from text.characters import for_terminal

RESTART_PAUSE = 1.0  # seconds between the end of a process and its new start
STOP_SECONDS = 5.0  # then it is killed: nothing is lost, and the person who pressed Ctrl-C waits
RELOAD_SECONDS = 1.5  # the same for a process whose files have changed
PATIENCE = 30.0  # seconds until a process that does not start is tried once more, although no file has changed
KEPT_LINES = 1_000  # of a process's log
Changed = Callable[[], None]  # called when a process has started, ended or come up


class SupervisedProcess:
    """The worker or the bot.

    With `is_loud` its log is printed from the start, otherwise from the moment at which `keep_running` begins.
    `notices` get what the process reports and, if its files are watched, what is restarted and why it does not start.
    `make` makes the process of the `module`.
    """

    def __init__(
        self,
        module: str,
        label: str,
        environment: Mapping[str, str],
        *,
        ready: str,
        changed: Changed,
        is_loud: bool,
        notices: Notices | None = None,
        is_watched: bool = False,
        make: Callable[..., ManagedProcess] = ManagedProcess,
    ) -> None:
        self.is_up = False
        self.restarts = 0
        self.why = ""  # what is to be said of it while it is down, after its name
        self._label = label
        self._ready = ready
        self._changed = changed
        self._is_loud = is_loud
        self._notices = ProcessNotices(label, notices or Notices())
        self._is_watched = is_watched
        self._is_due = asyncio.Event()  # set when it is to be started again at once
        self._process = make(module, environment, ready=ready, directory=Path.cwd(), on_line=self._note_line)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process.is_running else None

    async def launch(self) -> None:
        """Starts the process and returns at once."""
        await self._process.start(wait=False)

    async def comes_up(self) -> None:
        """Returns when the process is up. Raises RuntimeError with its log; SystemExit if it refuses its settings."""
        try:
            await self._process.is_up()
        except RuntimeError:
            if self._process.return_code != BAD_SETTINGS:
                raise
            print(*([] if self._is_loud else self._process.lines), sep="\n", file=sys.stderr)
            raise SystemExit(BAD_SETTINGS) from None

    async def keep_running(self) -> None:
        """Starts the process again when it ends, until cancelled.

        Raises SystemExit if it refuses its settings and nobody watches its files.
        """
        self._is_loud = True
        while True:
            code = await self._process.ended()
            if code == BAD_SETTINGS and not self._is_watched:
                raise SystemExit(BAD_SETTINGS)
            await self._pause(code)
            self.restarts += 1
            self._is_due.clear()
            self._notices.starting()
            await self._process.start(wait=False)
            self._changed()

    async def _pause(self, code: int) -> None:
        """Returns when the process, which has ended with `code`, is to be started again."""
        was_up, self.is_up = self.is_up, False
        seconds = RESTART_PAUSE
        if self._is_watched and not was_up and code > 0 and not self._is_due.is_set():
            seconds, self.why = PATIENCE, "does not start"
            self._notices.not_started(code)
            self._say("does not start: it waits until a file has changed")
        elif not self._is_due.is_set():
            self._say(f"ended with code {code}; starting it again")
        self._changed()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_due.wait(), seconds)

    async def restart(self, reason: str) -> None:
        """Starts it anew, with its files as they are now. Returns when the old process has ended.

        `reason` is a clause such as "tool.py has changed". For a process that `keep_running` keeps running.
        """
        self.why = f"is starting again: {reason}"
        self._say(f"{reason}: starting again")
        self._notices.restarting(reason)
        self._is_due.set()
        self._changed()
        await self._process.stop(RELOAD_SECONDS)

    async def kill(self) -> None:
        await self._process.kill()

    async def stop(self) -> None:
        await self._process.close(STOP_SECONDS)

    def _note_line(self, line: str) -> None:
        failure = Failure.of_report(line)
        if failure is not None:
            del self._process.lines[-1]  # a report is no part of the log
            self._say(self._notices.failed(failure))
            return
        del self._process.lines[:-KEPT_LINES]
        self._notices.line(line)
        if self._is_loud:
            self._say(line)
        if self._ready in line and not self.is_up:
            self.is_up, self.why = True, ""
            if self.restarts:
                self._say(f"is back (pid {self._process.pid})")
            self._notices.up(self.restarts)
            self._changed()

    def _say(self, line: str) -> None:
        print(for_terminal(f"{self._label:>6} | {line}"), flush=True)


class SupervisedServer:
    """Temporal's dev server. `go_away` stops it for as long as it should be away."""

    def __init__(self, server: DevServer, *, changed: Changed) -> None:
        self.restarts = 0
        self.why = ""
        self._server = server
        self._changed = changed
        self._is_wanted = asyncio.Event()
        self._lock = asyncio.Lock()  # held while the server is started or stopped

    @property
    def pid(self) -> int | None:
        return self._server.pid

    @property
    def is_up(self) -> bool:
        return self._server.pid is not None and not self._lock.locked()

    async def start(self) -> None:
        self._is_wanted.set()
        await asyncio.to_thread(self._server.start)

    async def keep_running(self) -> None:
        """Starts the server again when it has ended and is wanted, until cancelled."""
        while True:
            await self._is_wanted.wait()
            await asyncio.sleep(RESTART_PAUSE)
            if self._server.pid is None and self._is_wanted.is_set():
                self._changed()
                await self._start_again()

    async def _start_again(self) -> None:
        self.restarts += 1
        try:
            async with self._lock:
                await asyncio.to_thread(self._server.start)
        except RuntimeError as error:
            print(f"temporal | {error}; trying again", flush=True)
        self._changed()

    async def kill(self) -> None:
        async with self._lock:
            await asyncio.to_thread(self._server.kill)

    async def go_away(self, is_away: bool) -> None:  # noqa: FBT001  a GoAway takes one value
        """True stops the server and keeps it stopped; False lets `keep_running` start it again."""
        if not is_away:
            self._is_wanted.set()
            return
        self._is_wanted.clear()
        await self.stop()

    async def stop(self) -> None:
        async with self._lock:
            await asyncio.to_thread(self._server.stop)
