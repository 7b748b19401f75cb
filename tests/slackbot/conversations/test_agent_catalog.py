"""Promises of the catalog of agents: the bot reads the newest one, while a worker runs and while none does."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.service import RPCError

from agent_worker.agents.publication import Publication
from agent_worker.agents.workflow import LONG_HISTORY
from agent_worker.contract.agents import CATALOG, AgentCatalog, AgentView, catalog_workflow_id
from slackbot.conversations.agent_catalog import REMEMBERED_FOR, Catalogs
from tests.support.agent_worker.agents import agents_in, write
from tests.support.agent_worker.rehearsal import Rehearsal
from tests.support.slackbot.conversations import eventually
from tests.support.slackbot.stored_signals import Line


def names(catalog: AgentCatalog) -> list[str]:
    return [agent.name for agent in catalog.agents]


async def test_before_any_worker_has_told_of_agents_there_are_none(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        assert await Catalogs(rehearsal.client, rehearsal.task_queue).read() == AgentCatalog()


async def test_what_a_worker_publishes_is_read_while_no_worker_runs(temporal_address: str, tmp_path: Path) -> None:
    write(tmp_path, "default")
    write(tmp_path, "ops", "channels: [ops]")
    agents = agents_in(tmp_path)
    now = [0.0]
    async with Rehearsal(temporal_address) as rehearsal:
        publication = Publication(rehearsal.client, rehearsal.task_queue, agents)
        catalogs = Catalogs(rehearsal.client, rehearsal.task_queue, timeout=10, clock=lambda: now[0])
        await publication.publish()

        async def told() -> bool:
            now[0] += REMEMBERED_FOR
            return bool((await catalogs.read()).agents)

        assert await eventually(told)
        await rehearsal.leave()
        now[0] += REMEMBERED_FOR
        read = await catalogs.read()
        await rehearsal.come_back()

    assert names(read) == ["default", "ops"]
    assert read.claims == {"default": [], "ops": ["ops"]}


async def test_the_catalog_outlives_its_history(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        publication = Publication(rehearsal.client, rehearsal.task_queue, None)  # type: ignore[arg-type]
        handle = rehearsal.client.get_workflow_handle(catalog_workflow_id(rehearsal.task_queue))
        for number in range(LONG_HISTORY):
            await publication._tell(AgentCatalog(agents=[AgentView(name=f"agent-{number}")]))

        async def begun_anew() -> bool:
            await handle.signal(CATALOG, AgentCatalog(agents=[AgentView(name="newest")]))
            return (await handle.describe()).raw_description.workflow_execution_info.history_length < LONG_HISTORY

        assert await eventually(begun_anew)

        async def is_newest() -> bool:
            return names(await Catalogs(rehearsal.client, rehearsal.task_queue, timeout=10).read()) == ["newest"]

        assert await eventually(is_newest)


async def test_while_temporal_is_away_the_bot_is_told_so(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        line = Line(rehearsal.client)
        line.is_dead = True

        with pytest.raises(RPCError):
            await Catalogs(line, rehearsal.task_queue).read()  # type: ignore[arg-type]
