"""Promises of the QuotaWorkflow: it forgets nothing before its time, whoever dies, and keeps itself small."""

from __future__ import annotations

import asyncio
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import Claim, QuotaLimits, quota_workflow_id
from agent_worker.quotas import workflow
from agent_worker.quotas.reservations import Reservations
from agent_worker.quotas.workflow import QuotaWorkflow
from playground.temporal_server import DevServer
from process import temporal
from tests.support.durability.lifelines import Lifeline

TEST_SERVER = "temporal-test-server"


def counting(client: Client, queue: str) -> Worker:
    """A worker that keeps the count."""
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=queue, workflows=[QuotaWorkflow], workflow_runner=runner)


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)


@pytest.fixture
def queue() -> str:
    return f"quotas-{uuid4().hex[:8]}"


async def is_answered(reservations: Reservations, turn: object, person: str = "U1", team: str = "T1") -> bool:
    return await reservations.reserve(team, Claim(turn=f"C1:{turn}", people=[person])) is None


async def test_after_an_hour_a_person_is_answered_again(processes: None, queue: str) -> None:
    server = shutil.which(TEST_SERVER) or Path(sys.executable).parent / TEST_SERVER
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(server), data_converter=DATA_CONVERTER
    )
    async with environment, counting(environment.client, queue):
        reservations = Reservations(environment.client, queue, QuotaLimits(person=2))
        assert [await is_answered(reservations, turn) for turn in range(3)] == [True, True, False]

        await environment.sleep(timedelta(minutes=59))
        assert not await is_answered(reservations, 4)
        await environment.sleep(timedelta(minutes=1))

        assert await is_answered(reservations, 5)


async def begun(client: Client, workflow_id: str) -> Lifeline:
    """All runs, once the newest has completed a task: before that, a replay of it waits for ever."""
    while True:
        life = await Lifeline.of(client, workflow_id)
        if any(event.HasField("workflow_task_completed_event_attributes") for event in life.runs[-1].events):
            return life


async def test_the_count_holds_while_runs_are_continued_and_many_workers_ask_at_once(
    client: Client, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "LONG_HISTORY", 20)
    workers = [Reservations(client, queue, QuotaLimits(person=15, workspace=40)) for _ in range(10)]
    async with counting(client, queue):
        answered = []
        for turn in range(12):
            asked = [is_answered(one, f"{turn}:{number}", f"U{number % 4}") for number, one in enumerate(workers)]
            answered += await asyncio.gather(*asked)

        life = await begun(client, quota_workflow_id(queue, "T1"))
        assert sum(answered) == 40
        assert life.continuations > 1
        assert life.failed_tasks == []
        replayer = Replayer(
            workflows=[QuotaWorkflow], data_converter=DATA_CONVERTER, workflow_runner=UnsandboxedWorkflowRunner()
        )
        for history in life.runs:
            await replayer.replay_workflow(history)


async def test_each_workspace_has_a_count_of_its_own(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(workspace=1))
    async with counting(client, queue):
        answered = [await is_answered(reservations, turn, team=team) for team in ("T1", "T2") for turn in range(2)]

    assert answered == [True, False, True, False]


async def test_neither_a_new_worker_nor_a_restarted_temporal_forgets_the_count(
    processes: None, queue: str, tmp_path: Path
) -> None:
    server = DevServer(database=tmp_path / "temporal.db")
    await asyncio.to_thread(server.start)
    try:
        client = await temporal.connect({"target_host": server.address}, DATA_CONVERTER)
        reservations = Reservations(client, queue, QuotaLimits(person=2))
        async with counting(client, queue):
            assert await is_answered(reservations, 1)
        async with counting(client, queue):
            assert await is_answered(reservations, 2)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)

            assert not await is_answered(reservations, 3)
    finally:
        server.kill()
