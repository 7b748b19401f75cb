"""Promises of the watermark: it only moves forward, and Temporal keeps it when every process has ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, listening_workflow_id, workflow_id
from agent_worker.workflow import watermark as workflow_watermark
from agent_worker.workflow.watermark import ListeningWorkflow
from slackbot.catch_up.watermark import Watermark


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=DATA_CONVERTER)


@pytest.fixture
def task_queue() -> str:
    return f"agent-{uuid4().hex[:8]}"


@pytest.fixture
async def worker(client: Client, task_queue: str) -> AsyncIterator[Worker]:
    async with Worker(client, task_queue=task_queue, workflows=[ListeningWorkflow]) as worker:
        yield worker


@pytest.mark.usefixtures("worker")
async def test_before_the_first_bot_there_is_none(client: Client, task_queue: str) -> None:
    assert await Watermark(client, task_queue, "T1").read() is None


@pytest.mark.usefixtures("worker")
async def test_it_moves_forward_only(client: Client, task_queue: str) -> None:
    watermark = Watermark(client, task_queue, "T1")

    read = []
    for moment in (1_766_458_033.001301, 1_766_458_033.0013, 1_766_458_000.0, 1_766_458_040.5):
        await watermark.move(moment)
        read.append(await Watermark(client, task_queue, "T1").read())

    assert read == [1_766_458_033.001301, 1_766_458_033.001301, 1_766_458_033.001301, 1_766_458_040.5]


@pytest.mark.usefixtures("worker")
async def test_teams_and_agents_have_their_own(client: Client, task_queue: str) -> None:
    await Watermark(client, task_queue, "T1").move(5.0)

    assert await Watermark(client, task_queue, "T2").read() is None


async def test_it_is_moved_without_a_worker_and_read_when_there_is_one(client: Client, task_queue: str) -> None:
    impatient = Watermark(client, task_queue, "T1", query_timeout=timedelta(seconds=0.3))

    await impatient.move(5.0)
    with pytest.raises(RPCError):
        await impatient.read()

    async with Worker(client, task_queue=task_queue, workflows=[ListeningWorkflow]):
        assert await Watermark(client, task_queue, "T1").read() == 5.0


async def test_after_many_moves_it_is_continued_in_a_new_run_with_the_same_moment(
    client: Client, task_queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow_watermark, "LONG_HISTORY", 8)
    watermark = Watermark(client, task_queue, "T1")
    runner = UnsandboxedWorkflowRunner()  # the sandbox would import the module again, with the real limit
    async with Worker(client, task_queue=task_queue, workflows=[ListeningWorkflow], workflow_runner=runner):
        for moment in range(1, 12):
            await watermark.move(float(moment))
            assert await watermark.read() == float(moment)

        handle = client.get_workflow_handle(listening_workflow_id(task_queue, "T1"))
        first_run = (await handle.describe()).raw_description.workflow_execution_info.first_run_id
        assert (await handle.describe()).run_id != first_run
        assert (await handle.describe()).history_length < 20


async def test_the_open_threads_are_those_of_this_agent_and_team_that_are_not_closed(
    client: Client, task_queue: str
) -> None:
    async def start(team: str, channel: str, queue: str) -> str:
        where = workflow_id(team, channel, "1.5")
        start = Start(thread=Thread(team=team, channel=channel, thread_ts="1.5"))
        await client.start_workflow(AGENT_WORKFLOW, start, id=where, task_queue=queue)
        return where

    team, unique = f"T{uuid4().hex[:6]}", f"C{uuid4().hex[:6]}"
    await start(team, unique, task_queue)
    closed = await start(team, f"{unique}X", task_queue)
    await client.get_workflow_handle(closed).terminate()
    await start(team, f"{unique}Y", f"{task_queue}-other")
    await start(f"{team}Z", unique, task_queue)
    ours = Thread(team=team, channel=unique, thread_ts="1.5")

    watermark = Watermark(client, task_queue, team)
    while (found := await watermark.open_threads()) != {ours}:
        assert {thread.channel for thread in found} <= {unique, f"{unique}X"}  # the list may be behind, but not wrong
