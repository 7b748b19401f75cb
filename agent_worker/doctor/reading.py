"""The settings, tools, agents and MCP servers as the worker reads them: what is wrong, and what can be used anyway."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

from agent_worker.agents.agents import Agents, folder_of
from agent_worker.agents.effective import may_allow
from agent_worker.agents.settings import AgentSettings
from agent_worker.mcp.configuration import SEPARATOR, ServerConfiguration, mcp_servers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.definition import Tool
from agent_worker.toolbox.tool import ToolSettings
from agent_worker.toolbox.toolbox import Toolbox
from process.checkup.finding import Outcome, failed, named, ok
from process.dotenv_file import DOTENV
from process.settings import problems_of

SETTINGS, FILES, SERVERS, TOOLS = "of the worker", "agents' files", "mcp.json", "tools' files"
MEND_SETTING = "set it in .env or in the environment (docs/settings.md)"


@dataclass
class Reading:
    """What could be read: None, or nothing, stands for what could not. `outcomes` tells what is wrong, and what is not.

    `worker` may be there although SLACK_BOT_TOKEN is wrong: the bot's checks tell of that.
    """

    worker: WorkerSettings | None = None
    toolbox: Toolbox | None = None
    tool_settings: Sequence[ToolSettings] = ()
    agents: Agents | None = None
    servers: Sequence[ServerConfiguration] | None = None
    outcomes: list[Outcome] = field(default_factory=list)

    def models(self) -> dict[str, list[str]]:
        """The models in use, each with the agents that use it."""
        if self.agents is None:
            return {self.worker.gemini_model: ["agents whose file names no model"]} if self.worker else {}
        used: dict[str, list[str]] = {}
        for effective in filter(None, map(self.agents.effective, self.agents.names)):
            used.setdefault(effective.model.value, []).append(effective.name)
        return used

    def tools(self) -> list[Tool]:
        """The tools of ours that some agent may use and that ask a service."""
        if self.agents is None:
            return []
        found = filter(None, map(self.agents.effective, self.agents.names))
        used = {name for effective in found for name in effective.tools.value}
        return self.agents.toolbox.asking_services(used)

    def secrets(self) -> list[str]:
        """What the operator has given to tools: an address may hold a key, and a tool that breaks may quote it."""
        given = [getattr(one, name) for one in self.tool_settings for name in one.model_fields_set]
        return [one.get_secret_value() if isinstance(one, SecretStr) else str(one) for one in given]

    def is_used(self, server: str) -> bool:
        """Whether some agent may use tools of this MCP server."""
        files = self.agents.files.values() if self.agents else ()
        return any(may_allow(f"{server}{SEPARATOR}", file.fields.tools) for file in files)


def read(tools: str = "agent_worker.tools") -> Reading:
    """`tools` is the package with the tools' files. Never raises."""
    reading = Reading()
    _read_tools(reading, tools)
    _read_settings(reading)
    _read_agents(reading)
    _read_servers(reading)
    return reading


def _read_tools(reading: Reading, package: str) -> None:
    try:
        reading.toolbox = Toolbox.discover(package, reserved=list(ActivityName))
    except Exception as error:  # noqa: BLE001  the files are the user's own, and may do anything when they are imported
        folder = package.replace(".", "/")
        told = f"{_place(error, folder)}{named(type(error).__name__, str(error))}"
        mend = f"mend the file, or take it out of {folder}/: the worker does not start with it"
        reading.outcomes.append(failed(told, mend, check=TOOLS))


def _place(error: Exception, folder: str) -> str:
    """The file and line of a tool at which the error arose; "" if it is our own, whose text names the place."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: "
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if f"/{folder}/" in frame.filename]
    return f"{inside[-1].filename}:{inside[-1].lineno}: " if inside else ""


def _read_settings(reading: Reading) -> None:
    classes = reading.toolbox.settings_classes() if reading.toolbox else []
    _, problems = problems_of([WorkerSettings, *classes])
    reading.tool_settings, _ = problems_of(classes)
    with suppress(ValueError):  # pydantic's error is one
        reading.worker = WorkerSettings(_env_file=DOTENV, slack_bot_token=None)
    outcomes = [failed(problem, MEND_SETTING, check=SETTINGS) for problem in problems]
    reading.outcomes += outcomes or [ok("all can be read", check=SETTINGS)]


def _read_agents(reading: Reading) -> None:
    settings, _ = problems_of([AgentSettings])
    if reading.toolbox is None or not settings:
        return
    folder = folder_of(settings[0])
    if wrong := folder.read():
        mend = "mend the file: python -m agent_worker.agents check tells the same"
        reading.outcomes += [failed(problem, mend, check=FILES) for problem in wrong]
        return
    reading.agents = Agents(folder, settings[0], reading.toolbox.configured(reading.tool_settings))
    reading.outcomes.append(ok(", ".join(reading.agents.names), check=FILES))


def _read_servers(reading: Reading) -> None:
    configured, problems = problems_of([mcp_servers])
    if problems:
        mend = "mend the file (docs/mcp.md): the worker does not start with it"
        reading.outcomes += [failed(problem, mend, check=SERVERS) for problem in problems]
    else:
        reading.servers = configured[0]
