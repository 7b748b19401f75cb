"""What all cases share: the agents and their tools, the model, the MCP servers and Temporal."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from temporalio.client import Client

from agent_worker.agents.agents import Agents
from agent_worker.cases.case import Case
from agent_worker.composition import agents_of, open_gemini, open_http
from agent_worker.gemini.client import Gemini
from agent_worker.mcp.configuration import mcp_servers
from agent_worker.mcp.source import McpServers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.tool import ToolSettings
from agent_worker.toolbox.toolbox import Toolbox
from emulators.gemini.emulator import GeminiEmulator
from evaluations.settings import EvaluationSettings
from evaluations.temporal import open_client
from playground.scripted_model.model import ScriptedModel
from process.settings import load

LOOPBACK = "127.0.0.1,localhost"


@dataclass(frozen=True)
class Surroundings:
    """`is_scripted`: the model is a script, and nothing can judge."""

    settings: WorkerSettings
    tool_settings: list[ToolSettings]
    toolbox: Toolbox
    agents: Agents
    client: Client
    http: httpx.AsyncClient
    gemini: Gemini
    is_scripted: bool

    @property
    def model(self) -> str:
        return "the scripted model" if self.is_scripted else self.settings.gemini_model

    def toolbox_for(self, case: Case) -> Toolbox:
        """The tools that are configured, and those that the case stands in for."""
        return self.toolbox.configured(self.tool_settings, keep=case.tools)


@asynccontextmanager
async def open_surroundings(settings: EvaluationSettings, *, scripted: bool) -> AsyncIterator[Surroundings]:
    """Starts what all cases need. Exits with code 2 if settings or the files of agents are bad.

    Raises NoTemporalError.
    """
    is_scripted = scripted or settings.google_api_key is None
    async with open_client(settings.temporal_address) as client, _model(is_scripted):
        servers = McpServers()
        toolbox = Toolbox.discover(reserved=list(ActivityName), source=servers)
        worker_settings, configured, *tool_settings = load(WorkerSettings, mcp_servers, *toolbox.settings_classes())
        agents = agents_of(worker_settings, toolbox.configured(tool_settings))
        async with servers.connected(configured), open_http() as http, open_gemini(worker_settings) as gemini:
            yield Surroundings(
                worker_settings, tool_settings, toolbox, agents, client, http, gemini, is_scripted=is_scripted
            )


@asynccontextmanager
async def _model(is_scripted: bool) -> AsyncIterator[None]:  # noqa: FBT001  it is what the function is about
    """Leads the worker to the scripted model, if there is no other.

    The worker reads its settings from the environment, so that is where an address goes that stands in for another.
    """
    os.environ.setdefault("PLAYGROUND_PYTHON", sys.executable)  # for the MCP server that ships (mcp.json)
    os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), LOOPBACK)))
    if not is_scripted:
        yield
        return
    async with GeminiEmulator(script=ScriptedModel(), api_key=secrets.token_urlsafe()) as gemini:
        os.environ |= {"GOOGLE_API_KEY": gemini.api_key, "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        yield
