"""What `make run` runs: Temporal, the two processes and, without a real Slack, the local one with its page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from emulators.slack.emulator import SlackEmulator
from playground.keeper import Keeper
from playground.page.site import Site
from playground.page.surroundings import Process, Surroundings
from playground.residents import settle
from playground.services import Asked
from playground.settings import PlaygroundSettings
from playground.supervision import SupervisedProcess, SupervisedServer
from playground.temporal_server import DevServer
from process.settings import environment, refuse
from process.temporal import connection

KEPT = Path(".run")  # beside the project: conversations survive a restart
KEPT_RECORDS = 2_000
FORGET_SECONDS = 60.0


class Run:
    """`open` starts everything, `keep_running` starts again what ends; what was opened is closed with the stack."""

    def __init__(self, settings: PlaygroundSettings, stack: AsyncExitStack) -> None:
        self.address = ""  # of the page
        self._settings = settings
        self._stack = stack
        self._around = Surroundings(
            model="real" if settings.google_api_key else "scripted", services=settings.playground_world
        )
        self._environment: dict[str, str] = {}
        self._duties: list[Coroutine[Any, Any, None]] = []  # what goes on until the end
        self._changed = lambda: None
        self._where_temporal_is = ""

    @property
    def processes(self) -> dict[str, Process]:
        return self._around.processes

    async def open(self) -> None:
        """Returns when both processes are up; raises RuntimeError when something does not start."""
        slack = (
            None
            if self._settings.has_slack
            else SlackEmulator(self._settings.playground_slack_port, delayed_events=True)
        )
        if slack is not None:
            self._changed = slack.backend.changes.nudge
        await self._open_temporal()
        if slack is not None:
            await self._open_slack(slack)
            await self._open_services()
        worker = await self._launch("agent_worker", "worker", ready="worker is ready")
        bot = await self._launch("slackbot", "bot", ready="bot is listening")
        await worker.comes_up()
        await bot.comes_up()
        self._duties += [worker.keep_running(), bot.keep_running()]

    async def keep_running(self) -> None:
        """Until it is cancelled, or a process says that its settings are wrong."""
        await asyncio.gather(*self._duties)

    def told(self) -> str:
        """What a person should know: one line, or a few when it is the real Slack."""
        if not self._settings.has_slack:
            return " ".join([f"Open {self.address} to talk to the agent.", *self._not_real(), "Ctrl-C stops it all."])
        worker, bot = (self.processes[name].pid for name in ("worker", "bot"))
        lines = [
            "Slack        the real one, with the tokens that are set",
            f"Temporal     {self._where_temporal_is}",
            "Gemini       the real one",
            "Services     the real weather and IP services",
            f"Try          kill -9 {worker} (worker) or {bot} (bot) while it works: it goes on where it was",
            "Stop         Ctrl-C",
        ]
        return "\n".join(["", *(f"  {line}" for line in lines), ""])

    def _not_real(self) -> list[str]:
        told = []
        if self._around.model == "scripted":
            told.append("The model is a SCRIPTED stand-in: GOOGLE_API_KEY=… makes it the real Gemini.")
        if self._around.services == "sample":
            told.append("Weather and IP addresses are SAMPLE data.")
        return told

    async def _open_temporal(self) -> None:
        settings = self._settings
        if settings.temporal_address is not None:
            self._where_temporal_is = f"{settings.temporal_address} (TEMPORAL_ADDRESS)"
        else:
            await self._start_temporal()
        try:
            self._around.temporal = connection() | self._own_address()
        except ValueError as error:
            refuse([str(error)])

    async def _start_temporal(self) -> None:
        """The real Slack and the local one have a file each: a worker must not take up what belongs to the other."""
        ui_port = self._settings.playground_temporal_ui_port
        database = (KEPT if self._settings.has_slack else KEPT / "playground") / "temporal.db"
        database.parent.mkdir(parents=True, exist_ok=True)
        port = self._settings.playground_temporal_port
        server = SupervisedServer(DevServer(port=port, ui_port=ui_port, database=database), changed=self._changed)
        self._stack.push_async_callback(server.stop)
        await server.start()
        self._around.processes["temporal"] = server
        self._around.go_away["temporal"] = server.go_away
        self._around.temporal_ui = f"http://127.0.0.1:{ui_port}"
        self._environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
        self._where_temporal_is = f"{self._around.temporal_ui} (dev server on 127.0.0.1:{port}, kept in {database})"
        self._duties.append(server.keep_running())

    def _own_address(self) -> dict[str, str]:
        own = self._environment.get("TEMPORAL_ADDRESS")
        return {"target_host": own} if own else {}

    async def _open_slack(self, slack: SlackEmulator) -> None:
        slack.add_routes(Site(slack, self._around).routes())
        await self._stack.enter_async_context(slack)
        keeper = Keeper(slack, KEPT / "playground")
        if not keeper.load():
            settle(slack)
        self._stack.push_async_callback(keeper.save)
        self.address = slack.url
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        self._environment |= tokens | {"SLACK_API_URL": slack.api_url}
        self._duties += [keeper.keep(), self._forget(slack)]

    async def _open_services(self) -> None:
        self._asked = Asked(environment(), self._around)
        await self._asked.open(self._stack)
        self._environment |= self._asked.environment

    async def _forget(self, slack: SlackEmulator) -> None:
        """Whatever is recorded for tests would take more and more."""
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            slack.forget(KEPT_RECORDS)
            self._asked.forget()

    async def _launch(self, module: str, label: str, *, ready: str) -> SupervisedProcess:
        loopback = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
        process = SupervisedProcess(
            module,
            label,
            {**os.environ, **self._environment, "NO_PROXY": loopback},
            ready=ready,
            changed=self._changed,
            is_loud=self._settings.has_slack,
        )
        self._stack.push_async_callback(process.stop)
        self._around.processes[label] = process
        await process.launch()
        return process
