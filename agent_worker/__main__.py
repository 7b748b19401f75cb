"""`python -m agent_worker`: the process that thinks, acts and speaks. It makes the clients and runs the worker."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from temporalio.common import WorkerDeploymentVersion

from agent_worker.agents.agents import Agents
from agent_worker.agents.publication import Publication
from agent_worker.composition import agents_of, open_activities, open_gemini, open_http
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.mcp.configuration import mcp_servers
from agent_worker.mcp.source import McpServers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.quotas.reservations import Reservations
from agent_worker.recovery import lost_steps
from agent_worker.recovery.held_steps import HeldSteps
from agent_worker.settings import WorkerSettings
from agent_worker.slack.rate_limit_share import WorkerShare
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.worker import build_worker
from process import lifetime, logs, temporal
from process.settings import load

logger = logging.getLogger("agent_worker")


async def main() -> None:
    servers = McpServers()
    toolbox = Toolbox.discover(reserved=list(ActivityName), source=servers)
    settings, connection, configured_servers, *tool_settings = load(
        WorkerSettings, temporal.connection, mcp_servers, *toolbox.settings_classes()
    )
    logs.configure(settings.log_format, settings.log_level)
    agents = agents_of(settings, toolbox.configured(tool_settings))
    client = await temporal.connect(connection, DATA_CONVERTER)
    steps, server = Path(settings.agent_steps_dir), f"{connection['target_host']} {client.namespace}"
    await lost_steps.give_back(client, steps, server)
    worker_share = WorkerShare(client, settings.temporal_task_queue)
    reservations = Reservations(client, settings.temporal_task_queue, settings.quota_limits, settings.budgets)
    async with (
        servers.connected(configured_servers),
        worker_share.kept_current(),
        open_http() as http,
        open_gemini(settings) as gemini,
        open_activities(
            settings,
            agents,
            tool_settings,
            client=client,
            http=http,
            gemini=gemini,
            worker_share=worker_share,
            reservations=reservations,
        ) as activities,
    ):
        version = settings.temporal_deployment
        publication = Publication(client, settings.temporal_task_queue, agents)
        async with (
            publication.kept_current(),
            build_worker(
                client,
                settings.temporal_task_queue,
                activities,
                version,
                sandboxed=False,
                grace=settings.stop_time,
                held_steps=HeldSteps(steps, server),
            ),
        ):
            logger.info("worker is ready", extra=_facts(settings.temporal_task_queue, agents, version))
            await asyncio.Event().wait()


def _facts(task_queue: str, agents: Agents, version: WorkerDeploymentVersion | None) -> dict[str, str]:
    facts = {"task_queue": task_queue, "agents": ",".join(agents.names)}
    if version is None:
        return facts
    return facts | {"deployment": version.deployment_name, "build_id": version.build_id}


if __name__ == "__main__":
    lifetime.run(main)
