"""A playground: Temporal, the worker, the bot and, without Slack tokens, a local Slack with its page."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.mcp.configuration import DEFAULT_FILE, SETTING
from emulators.slack.emulator import SlackEmulator
from playground.channel_agents import ChannelAgents
from playground.chat.invitation import Invitation
from playground.development.restarts import Restarts
from playground.development.sources import sources
from playground.development.warm_process import WarmProcess, reporting_process
from playground.new_workspace import populate, write_past
from playground.page.inside.secrecy import secret_values
from playground.page.notices import Notices
from playground.page.site import Site
from playground.page.surroundings import Process, Surroundings
from playground.processes import ROOT
from playground.services import OutsideServices
from playground.settings import PlaygroundSettings
from playground.storage import Storage
from playground.supervision import SupervisedProcess, SupervisedServer
from playground.temporal_server import DevServer, temporal_command
from process.settings import environment, refuse
from process.temporal import connect_soon, connection

KEPT = Path(".run")  # in the working directory; with it, conversations survive a restart
KEPT_RECORDS = 2_000  # calls and deliveries that the local Slack remembers
# What the worker does while it is stopped gets so many seconds to finish. The next worker begins the rest again, and
# whoever has saved a file waits.
STOP_SETTING, STOP_SECONDS = "AGENT_STOP_SECONDS", "0.3"
LOG_SETTING, _TOO_QUIET = "LOG_LEVEL", ("WARNING", "ERROR")
TEMPORAL_ELSEWHERE = (
    "TEMPORAL_ADDRESS: is not set, and a key or TLS for another server is (TEMPORAL_API_KEY, TEMPORAL_TLS…, or a "
    "profile of Temporal). Set it, too, to use that server; or unset the others, and `make run` starts one"
)
NO_TEMPORAL = """\
TEMPORAL_ADDRESS names it: start it there, or leave this setting out, here and in .env. Then `make run` starts one."""
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
        self._supervised: dict[str, SupervisedProcess] = {}
        self._environment = _what_ships(environment())
        self._duties: list[Coroutine[Any, Any, None]] = []  # coroutines that run until the end
        self._changed = lambda: None  # tells the page that a process has changed
        self._where_temporal_is = ""

    @property
    def processes(self) -> dict[str, Process]:
        return self._around.processes

    async def open(self) -> None:
        """Returns when the worker and the bot are up. Raises RuntimeError if something does not start."""
        if self._settings.has_slack:
            await self._open_temporal()
        else:
            slack = SlackEmulator(self._settings.playground_slack_port, delayed_events=True)
            self._changed = slack.backend.changes.nudge
            self._around.notices = Notices(self._changed)
            await self._open_temporal()
            await self._open_slack(slack)
            await self._open_services()
        await self._reach_temporal()
        watching = self._watching()
        worker = await self._launch("agent_worker", "worker", ready="worker is ready")
        bot = await self._launch("slackbot", "bot", ready="bot is listening")
        await worker.comes_up()
        await bot.comes_up()
        self._duties += [worker.keep_running(), bot.keep_running(), *watching]

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
        elif self._settings.playground_script:
            sentences.append("PLAYGROUND_SCRIPT is not used: GOOGLE_API_KEY makes the model the real Gemini.")
        if self._around.services == "sample":
            sentences.append("Weather, IP addresses and the helpdesk are SAMPLE data.")
        return sentences

    async def _open_temporal(self) -> None:
        settings = self._settings
        if settings.temporal_address is None:
            await self._start_temporal()
        try:
            self._around.temporal = connection() | self._own_address()
        except ValueError as error:
            refuse([str(error)])
        if settings.temporal_address is not None:
            self._where_temporal_is = f"{settings.temporal_address} (TEMPORAL_ADDRESS)"

    async def _reach_temporal(self) -> None:
        """Ends the process with a sentence if nobody answers at the address that is set."""
        if self._settings.temporal_address is not None:
            await connect_soon(connection(), DATA_CONVERTER, mend=NO_TEMPORAL)

    async def _start_temporal(self) -> None:
        """Starts a dev server.

        The real Slack and the local one have a database each: a worker must not take up conversations of the other.
        """
        _refuse_settings_of_another_server()
        database = self._kept() / "temporal.db"
        port = self._settings.playground_temporal_port
        server = SupervisedServer(DevServer(port=port, database=database), changed=self._changed)
        self._stack.push_async_callback(server.stop)
        self._around.processes["temporal"] = server
        await server.start()
        self._around.go_away["temporal"] = server.go_away
        self._environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
        self._where_temporal_is = f"a dev server on 127.0.0.1:{port}, kept in {database}"
        self._duties.append(server.keep_running())

    def _kept(self) -> Path:
        """The folder of what this run keeps; it is made if it is missing."""
        folder = KEPT if self._settings.has_slack else KEPT / "playground"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _own_address(self) -> dict[str, str]:
        own = self._environment.get("TEMPORAL_ADDRESS")
        return {"target_host": own} if own else {}

    async def _open_slack(self, slack: SlackEmulator) -> None:
        slack.add_routes(Site(slack, self._around).routes())
        await self._stack.enter_async_context(slack)
        storage = Storage(slack, self._kept())
        if not storage.load():
            populate(slack)
            write_past(slack)
        directory = Path(self._environment.get("AGENTS_DIR") or environment()["AGENTS_DIR"])
        agents = ChannelAgents(slack, self._around, directory)
        agents.look()
        self._stack.push_async_callback(storage.save_at_the_end)
        self.address = slack.url
        Invitation(slack.url, slack.control_token).leave()
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        self._environment |= tokens | {"SLACK_API_URL": slack.api_url, "CALLS_NAME_ACTIVITY": "true"}
        slack.listen(self._around.log.note_slack)
        self._duties += [storage.keep_saving(), agents.keep_looking(), self._forget(slack)]

    async def _open_services(self) -> None:
        self._services = OutsideServices(environment(), self._around, self._settings.playground_script)
        await self._services.open(self._stack)
        self._environment |= self._services.environment
        self._around.secrets = secret_values({**os.environ, **environment(), **self._environment})

    async def _forget(self, slack: SlackEmulator) -> None:
        """Drops old records of calls, which the emulators make for tests: they would fill the memory."""
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            slack.forget(KEPT_RECORDS)
            self._services.forget()

    def _watching(self) -> list[Coroutine[Any, Any, None]]:
        """What restarts the processes when their files change. To be called before they read these files."""
        if not self._settings.playground_reload:
            return []
        restarts = Restarts(sources({**environment(), **self._environment}), self._supervised, self._around.notices)
        return [restarts.keep_watching()]

    async def _launch(self, package: str, label: str, *, ready: str) -> SupervisedProcess:
        """Starts what `python -m PACKAGE` starts, connected to the other parts, and returns at once."""
        loopback = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
        process = SupervisedProcess(
            package,
            label,
            {**os.environ, **self._environment, "NO_PROXY": loopback},
            ready=ready,
            changed=self._changed,
            is_loud=self._settings.has_slack,
            notices=self._around.notices,
            is_watched=self._settings.playground_reload,
            make=WarmProcess if self._settings.playground_reload else reporting_process,
        )
        self._stack.push_async_callback(process.stop)
        self._around.processes[label] = self._supervised[label] = process
        await process.launch()
        return process


def _refuse_settings_of_another_server() -> None:
    """Ends the process with a sentence: with TLS or a key, nothing could talk to the dev server, which has neither."""
    try:
        config = connection()
    except ValueError as error:
        refuse([str(error)])
    if config.get("tls") or config.get("api_key"):
        refuse([TEMPORAL_ELSEWHERE])


def _what_ships(given: Mapping[str, str]) -> dict[str, str]:
    """The agents and the MCP server that ship, unless others are set up: it may be started in any folder.

    Also how soon the worker stops, unless that is set; and of the log as much as tells that a process is up.
    """
    shipped = {"PLAYGROUND_PYTHON": sys.executable}
    if given.get(LOG_SETTING) in _TOO_QUIET:
        shipped[LOG_SETTING] = "INFO"
    if not given.get(STOP_SETTING):
        shipped[STOP_SETTING] = STOP_SECONDS
    if not given.get("AGENTS_DIR"):
        shipped["AGENTS_DIR"] = str(ROOT / "agents")
    servers = ROOT / DEFAULT_FILE
    if not (given.get(SETTING) or Path(DEFAULT_FILE).exists()) and servers.exists():
        shipped[SETTING] = str(servers)
    return shipped
