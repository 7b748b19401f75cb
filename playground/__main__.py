"""`make run`: everything on this machine. With Slack tokens the real Slack, otherwise a local one to play with."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

from playground.gemini.demo import DemoScript
from playground.gemini.emulator import GeminiEmulator
from playground.processes import ManagedProcess
from playground.settings import PlaygroundSettings
from playground.slack.emulator import SlackEmulator
from playground.temporal_server import DevServer, is_in_use
from playground.world.emulator import WorldEmulator
from process import lifetime
from process.settings import BAD_SETTINGS, load, refuse

DATABASE = Path(".run") / "temporal.db"  # conversations in the real Slack survive a restart
DEMO_DELAY = 0.8  # seconds; so that a person can watch the steps of the scripted model
DEMO_PAUSE = 0.04  # seconds between two of its words
RESTART_PAUSE = 1.0


async def main() -> None:
    (settings,) = load(PlaygroundSettings)
    _check_ports(settings)
    async with AsyncExitStack() as stack:
        run = _Run(settings, stack)
        await run.open_world()
        worker = await run.start("agent_worker", "worker", ready="worker is ready")
        bot = await run.start("slackbot", "bot", ready="bot is listening")
        print(run.banner(worker, bot), flush=True)
        await asyncio.gather(_keep_running("worker", worker), _keep_running("bot", bot))


class _Run:
    """What is started, what is real, and how the processes find it."""

    def __init__(self, settings: PlaygroundSettings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._environment: dict[str, str] = {}
        self._lines: list[str] = []

    async def open_world(self) -> None:
        self._open_temporal()
        if self._settings.has_slack:
            self._lines.append("Slack        the real one, with the tokens that are set")
        else:
            await self._open_slack()
        await self._open_gemini()
        await self._open_services()

    def _open_temporal(self) -> None:
        settings = self._settings
        if settings.temporal_address is not None:
            self._lines.append(f"Temporal     {settings.temporal_address} (TEMPORAL_ADDRESS)")
            return
        database = DATABASE if settings.has_slack else None
        DATABASE.parent.mkdir(exist_ok=True)
        ui_port = settings.playground_temporal_ui_port
        server = DevServer(port=settings.playground_temporal_port, ui_port=ui_port, database=database)
        self._stack.enter_context(server)
        self._environment["TEMPORAL_ADDRESS"] = server.address
        kept = f", kept in {DATABASE}" if database else ""
        self._lines.append(f"Temporal     http://127.0.0.1:{ui_port} (dev server on {server.address}{kept})")

    async def _open_slack(self) -> None:
        slack = await self._stack.enter_async_context(SlackEmulator(port=self._settings.playground_slack_port))
        people = [slack.add_user("you", real_name="You"), slack.add_user("anna", real_name="Anna Berg")]
        slack.add_channel("general", members=people)
        slack.add_channel("random", members=people)
        self._environment |= {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        self._lines.append(
            f"Slack        a local one at {slack.url} (no SLACK_BOT_TOKEN): `make chat` in another terminal"
        )

    async def _open_gemini(self) -> None:
        if self._settings.google_api_key is not None or self._settings.has_slack:
            self._lines.append("Gemini       the real one")
            return
        gemini = await self._stack.enter_async_context(
            GeminiEmulator(script=DemoScript(delay=DEMO_DELAY, pause=DEMO_PAUSE))
        )
        self._environment |= {"GOOGLE_API_KEY": gemini.api_key, "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        self._lines.append(
            "Gemini       a SCRIPTED stand-in that knows a few phrases: set GOOGLE_API_KEY for the real one"
        )

    async def _open_services(self) -> None:
        if self._settings.has_slack or self._settings.playground_world == "real":
            self._lines.append("Services     the real weather and IP services")
            return
        world = await self._stack.enter_async_context(WorldEmulator())
        self._environment |= {
            "WEATHER_API_URL": world.weather_api_url,
            "IP_ADDRESS_URL": world.ip_address_url,
            "GEOLOCATION_URL": world.geolocation_url,
        }
        self._lines.append(
            "Services     weather and IP addresses are SAMPLE data: PLAYGROUND_WORLD=real asks the real ones"
        )

    async def start(self, module: str, label: str, *, ready: str) -> ManagedProcess:
        loopback = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
        process = ManagedProcess(
            module,
            {**os.environ, **self._environment, "NO_PROXY": loopback},
            ready=ready,
            directory=Path.cwd(),
            on_line=lambda line: print(f"{label:>6} | {line}", flush=True),
        )
        self._stack.push_async_callback(process.stop)
        await process.start(wait=False)
        await process.is_up()
        return process

    def banner(self, worker: ManagedProcess, bot: ManagedProcess) -> str:
        crash = f"Try          kill -9 {worker.pid} (worker) or {bot.pid} (bot) while it works: it goes on where it was"
        lines = [*self._lines, crash, "Stop         Ctrl-C"]
        return "\n".join(["", *(f"  {line}" for line in lines), ""])


def _check_ports(settings: PlaygroundSettings) -> None:
    used = {name: port for name, port in settings.ports().items() if is_in_use(port)}
    if used:
        refuse(f"{name}: port {port} is in use; set another one" for name, port in used.items())


async def _keep_running(label: str, process: ManagedProcess) -> None:
    """Starts a process again that has ended, as whatever runs it in production would."""
    while True:
        code = await process.ended()
        if code == BAD_SETTINGS:
            raise SystemExit(BAD_SETTINGS)
        print(f"{label:>6} | ended with code {code}; starting it again", flush=True)
        await asyncio.sleep(RESTART_PAUSE)
        await process.start()
        print(f"{label:>6} | is back (pid {process.pid})", flush=True)


if __name__ == "__main__":
    lifetime.run(main)
