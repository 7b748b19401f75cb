"""A playground: Temporal, the worker, the bot and, without Slack tokens, a local Slack with its page."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from agent_worker.mcp.configuration import DEFAULT_FILE, SETTING
from emulators.slack.emulator import SlackEmulator
from playground.channel_agents import ChannelAgents
from playground.chat.invitation import Invitation
from playground.new_workspace import populate
from playground.page.site import Site
from playground.page.surroundings import Process, Surroundings
from playground.private_files import keep_private
from playground.processes import ROOT
from playground.services import OutsideServices
from playground.settings import PlaygroundSettings
from playground.storage import Storage
from playground.supervision import SupervisedProcess, SupervisedServer
from playground.temporal_server import DevServer, temporal_command
from process.settings import environment, refuse
from process.temporal import connection

KEPT = Path(".run")  # in the working directory; with it, conversations survive a restart
KEPT_RECORDS = 2_000  # calls and deliveries that the local Slack remembers
FORGET_SECONDS = 60.0  # between two times at which older records are dropped


class Playground:
    """`open` starts everything and `keep_running` starts again what ends. Closing `stack` stops everything."""

    def __init__(self, settings: PlaygroundSettings, stack: AsyncExitStack) -> None:
        self.address = ""  # of the page; "" with the real Slack
        self._settings = settings
        self._stack = stack
        self._around = Surroundings(
            model="real" if settings.google_api_key else "scripted", services=settings.playground_world
        )
        self._environment = _what_ships(environment())
        self._duties: list[Coroutine[Any, Any, None]] = []  # coroutines that run until the end
        self._changed = lambda: None  # tells the page that a process has changed
        self._where_temporal_is = ""

    @property
    def processes(self) -> dict[str, Process]:
        return self._around.processes

    async def open(self) -> None:
        """Returns when the worker and the bot are up. Raises RuntimeError if something does not start."""
        try:
            keep_private(KEPT)
        except ValueError as error:
            refuse([str(error)])
        if self._settings.has_slack:
            await self._open_temporal()
        else:
            slack = SlackEmulator(self._settings.playground_slack_port, delayed_events=True)
            self._changed = slack.backend.changes.nudge
            await self._open_temporal()
            await self._open_slack(slack)
            await self._open_services()
        worker = await self._launch("agent_worker", "worker", ready="worker is ready")
        bot = await self._launch("slackbot", "bot", ready="bot is listening")
        await worker.comes_up()
        await bot.comes_up()
        self._duties += [worker.keep_running(), bot.keep_running()]

    async def keep_running(self) -> None:
        """Runs until it is cancelled. Raises SystemExit if a process refuses its settings."""
        await asyncio.gather(*self._duties)

    def introduction(self) -> str:
        """What the person at the terminal should know: one line, or a few with the real Slack."""
        if not self._settings.has_slack:
            return " ".join([f"Open {self.address} to talk to the agent.", *self._not_real(), "Ctrl-C stops it all."])
        worker, bot = (self.processes[name].pid for name in ("worker", "bot"))
        lines = [
            "Slack        the real one, with the tokens that are set",
            f"Temporal     {self._where_temporal_is}",
            *self._how_to_look(),
            "Gemini       the real one",
            "Services     the real weather and IP services",
            f"Try          kill -9 {worker} (worker) or {bot} (bot) while it works: it goes on where it was",
            "Stop         Ctrl-C",
        ]
        return "\n".join(["", *(f"  {line}" for line in lines), ""])

    def _how_to_look(self) -> list[str]:
        """Temporal's own web page is never started: it would answer any page on the web (docs/security.md)."""
        own = self._environment.get("TEMPORAL_ADDRESS")
        return [f"Look inside  {temporal_command()} workflow list --address {own}"] if own else []

    def _not_real(self) -> list[str]:
        sentences = []
        if self._around.model == "scripted":
            sentences.append("The model is a SCRIPTED stand-in: GOOGLE_API_KEY=… makes it the real Gemini.")
        if self._around.services == "sample":
            sentences.append("Weather and IP addresses are SAMPLE data.")
        return sentences

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
        """Starts a dev server.

        The real Slack and the local one have a database each: a worker must not take up conversations of the other.
        """
        database = (KEPT if self._settings.has_slack else KEPT / "playground") / "temporal.db"
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        port = self._settings.playground_temporal_port
        server = SupervisedServer(DevServer(port=port, database=database), changed=self._changed)
        self._stack.push_async_callback(server.stop)
        await server.start()
        self._around.processes["temporal"] = server
        self._around.go_away["temporal"] = server.go_away
        self._environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
        self._where_temporal_is = f"a dev server on 127.0.0.1:{port}, kept in {database}"
        self._duties.append(server.keep_running())

    def _own_address(self) -> dict[str, str]:
        own = self._environment.get("TEMPORAL_ADDRESS")
        return {"target_host": own} if own else {}

    async def _open_slack(self, slack: SlackEmulator) -> None:
        slack.add_routes(Site(slack, self._around).routes())
        await self._stack.enter_async_context(slack)
        storage = Storage(slack, KEPT / "playground")
        if not storage.load():
            populate(slack)
        directory = Path(self._environment.get("AGENTS_DIR") or environment()["AGENTS_DIR"])
        agents = ChannelAgents(slack, self._around, directory)
        agents.look()
        self._stack.push_async_callback(storage.save)
        self.address = slack.url
        Invitation(slack.url, slack.control_token).leave()
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        self._environment |= tokens | {"SLACK_API_URL": slack.api_url}
        self._duties += [storage.keep_saving(), agents.keep_looking(), self._forget(slack)]

    async def _open_services(self) -> None:
        self._services = OutsideServices(environment(), self._around)
        await self._services.open(self._stack)
        self._environment |= self._services.environment

    async def _forget(self, slack: SlackEmulator) -> None:
        """Drops old records of calls, which the emulators make for tests: they would fill the memory."""
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            slack.forget(KEPT_RECORDS)
            self._services.forget()

    async def _launch(self, module: str, label: str, *, ready: str) -> SupervisedProcess:
        """Starts `python -m MODULE`, connected to the other parts, and returns at once."""
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


def _what_ships(given: Mapping[str, str]) -> dict[str, str]:
    """The agents and the MCP server that ship, unless others are set up: it may be started in any folder."""
    shipped = {"PLAYGROUND_PYTHON": sys.executable}
    if not given.get("AGENTS_DIR"):
        shipped["AGENTS_DIR"] = str(ROOT / "agents")
    servers = ROOT / DEFAULT_FILE
    if not (given.get(SETTING) or Path(DEFAULT_FILE).exists()) and servers.exists():
        shipped[SETTING] = str(servers)
    return shipped
