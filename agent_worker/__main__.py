"""`python -m agent_worker`: the process that thinks, acts and speaks. It makes the clients and runs the worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from temporalio.common import WorkerDeploymentVersion

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.agent_gate import AgentGate
from agent_worker.activities.model_call import ModelCalls
from agent_worker.activities.titles import Titles
from agent_worker.activities.transcript_cache import Transcripts
from agent_worker.agents.agents import Agents, folder_of
from agent_worker.agents.publication import Publication
from agent_worker.contract.agent_choice import DEFAULT_AGENT
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.gemini.client import Gemini, make_client
from agent_worker.mcp.configuration import mcp_servers
from agent_worker.mcp.source import McpServers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.quotas.reservations import Reservations
from agent_worker.settings import WorkerSettings
from agent_worker.slack.adapter import Slack
from agent_worker.slack.api import SlackApi
from agent_worker.slack.directory import Directory
from agent_worker.slack.files.reader import SlackFiles
from agent_worker.slack.rate_limit_share import WorkerShare
from agent_worker.slack.rate_limits import SlackBudget
from agent_worker.slack.thread.history import ThreadHistory
from agent_worker.toolbox.tool import ToolSettings
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.worker import build_worker
from process import lifetime, logs, temporal
from process import slack as slack_client
from process.settings import load, refuse

TOOL_HTTP_TIMEOUT = 15.0  # seconds; each tool has a deadline of its own beside it
logger = logging.getLogger("agent_worker")


async def main() -> None:
    servers = McpServers()
    toolbox = Toolbox.discover(reserved=list(ActivityName), source=servers)
    settings, connection, configured_servers, *tool_settings = load(
        WorkerSettings, temporal.connection, mcp_servers, *toolbox.settings_classes()
    )
    logs.configure(settings.log_format, settings.log_level)
    agents = _agents(settings, toolbox)
    client = await temporal.connect(connection, DATA_CONVERTER)
    worker_share = WorkerShare(client, settings.temporal_task_queue)
    reservations = Reservations(client, settings.temporal_task_queue, settings.quota_limits)
    async with (
        servers.connected(configured_servers),
        worker_share.kept_current(),
        _activities(settings, agents, tool_settings, worker_share, reservations) as activities,
    ):
        version = settings.temporal_deployment
        publication = Publication(client, settings.temporal_task_queue, agents)
        async with (
            publication.kept_current(),
            build_worker(client, settings.temporal_task_queue, activities, version, sandboxed=False),
        ):
            logger.info("worker is ready", extra=_facts(settings.temporal_task_queue, agents, version))
            await asyncio.Event().wait()


def _agents(settings: WorkerSettings, toolbox: Toolbox) -> Agents:
    """Exits with code 2, and names all problems, if a file of an agent is bad."""
    folder = folder_of(settings)
    problems = folder.read()
    if problems:
        refuse(problems, "These files of agents need attention:")
    default = folder.agents[DEFAULT_AGENT]
    if settings.agent_instructions and default.instructions:
        logger.warning("AGENT_INSTRUCTIONS is not used by the default agent", extra={"used": default.path})
    return Agents(folder, settings, toolbox)


def _facts(task_queue: str, agents: Agents, version: WorkerDeploymentVersion | None) -> dict[str, str]:
    facts = {"task_queue": task_queue, "agents": ",".join(agents.names)}
    if version is None:
        return facts
    return facts | {"deployment": version.deployment_name, "build_id": version.build_id}


@asynccontextmanager
async def _activities(
    settings: WorkerSettings,
    agents: Agents,
    tool_settings: Sequence[ToolSettings],
    worker_share: WorkerShare,
    reservations: Reservations,
) -> AsyncIterator[Activities]:
    """The activities with their clients: one client of each kind, closed after the worker has stopped."""
    async with (
        httpx.AsyncClient(timeout=TOOL_HTTP_TIMEOUT) as http,
        _gemini(settings) as gemini,
        _slack(settings, worker_share, http) as (identity, slack),
    ):
        gate = AgentGate(agents, slack.directory if slack else None)
        yield Activities(
            policy=settings.policy,
            bot_user_id=identity.bot_user_id if identity else "",
            gate=gate,
            model_calls=ModelCalls(
                gate=gate,
                gemini=gemini,
                toolbox=agents.toolbox,
                titles=Titles(settings.agent_titles, gemini),
                transcripts=Transcripts(),
                reservations=reservations,
                slack=slack,
            ),
            tools=agents.toolbox.open(http, tool_settings),
            reservations=reservations,
            slack=slack,
        )


@asynccontextmanager
async def _gemini(settings: WorkerSettings) -> AsyncIterator[Gemini]:
    base_url = str(settings.google_gemini_base_url) if settings.google_gemini_base_url else None
    key = settings.google_api_key.get_secret_value()
    client = make_client(key, base_url, settings.gemini_api_version, settings.gemini_timeout)
    gemini = Gemini(client, gemini_timeout=settings.gemini_timeout)
    try:
        yield gemini
    finally:
        await gemini.close()


@asynccontextmanager
async def _slack(
    settings: WorkerSettings, worker_share: WorkerShare, http: httpx.AsyncClient
) -> AsyncIterator[tuple[slack_client.Identity | None, Slack | None]]:
    token = settings.slack_bot_token
    if token is None:
        logger.warning("no SLACK_BOT_TOKEN: this worker serves agent_worker.ask only")
        yield None, None
        return
    async with slack_client.open_client(settings.slack_api_url, token) as client:
        identity = await slack_client.identify(client)
        api = SlackApi(client, SlackBudget(worker_share.share, first_part=worker_share.first_part))
        directory = Directory(api, bot_user_id=identity.bot_user_id)
        history = ThreadHistory(api, directory, bot_user_id=identity.bot_user_id, bot_id=identity.bot_id)
        files = SlackFiles(api, http, token, settings.slack_api_url)
        slack = Slack.of(
            api,
            directory,
            history,
            files,
            access_policy=settings.access_policy(identity.team_id),
            mode=settings.slack_reply_mode,
            links=settings.link_policy,
        )
        yield identity, slack
        await slack.progress_queue.wait_for_all()


if __name__ == "__main__":
    lifetime.run(main)
