"""Promises of the store and its workflow: what is granted outlives everybody, and no error ever counts as granted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.grants import GrantList, Revocation
from agent_worker.contract.names import (
    ADD_GRANT_LATER,
    GRANTS_WORKFLOW,
    LIST_GRANTS,
    REVOKE_GRANT,
    REVOKE_GRANT_LATER,
    grants_workflow_id,
)
from agent_worker.grants import book, workflow
from agent_worker.grants.store import GrantRefusedError, Grants, GrantsAwayError
from agent_worker.grants.workflow import GrantsWorkflow
from agent_worker.workflow.watermark import ListeningWorkflow
from playground.temporal_server import DevServer
from process import temporal
from tests.support.durability.lifelines import Lifeline
from tests.support.grants import NOW, call, grant, revocation

IMPATIENT = timedelta(seconds=0.5)


def keeping(client: Client, queue: str) -> Worker:
    """A worker that keeps the grants."""
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=queue, workflows=[GrantsWorkflow], workflow_runner=runner)


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)


@pytest.fixture
def queue() -> str:
    return f"grants-{uuid4().hex[:8]}"


@pytest.fixture
async def worker(client: Client, queue: str) -> AsyncIterator[Worker]:
    async with keeping(client, queue) as worker:
        yield worker


@pytest.fixture
def store(client: Client, queue: str) -> Grants:
    return Grants(client, queue, "T1")


@pytest.fixture
def kept(client: Client, queue: str) -> WorkflowHandle[Any, Any]:
    """The workflow itself, as the bot reaches it."""
    return client.get_workflow_handle(grants_workflow_id(queue, "T1"))


async def listed(kept: WorkflowHandle[Any, Any]) -> list[str]:
    told = await kept.query(LIST_GRANTS, result_type=GrantList)
    return [one.id for one in told.grants]


@pytest.mark.usefixtures("worker")
async def test_where_nobody_has_ever_granted_anything_nothing_is_granted(store: Grants) -> None:
    assert await store.matching(call()) is None


@pytest.mark.usefixtures("worker")
async def test_a_grant_holds_for_its_agent_and_workspace_only(client: Client, queue: str, store: Grants) -> None:
    await store.add(grant())
    await store.add(grant())

    assert await store.matching(call()) == grant()
    assert await Grants(client, queue, "T2").matching(call()) is None
    assert await Grants(client, f"{queue}-trial", "T1").matching(call()) is None
    assert await store.matching(call(schema_digest="digest-2")) is None


@pytest.mark.usefixtures("worker")
async def test_a_revoked_grant_does_not_hold_and_does_not_come_back(
    store: Grants, kept: WorkflowHandle[Any, Any]
) -> None:
    await store.add(grant())

    for _ in range(2):
        await kept.execute_update(REVOKE_GRANT, revocation())

    assert await store.matching(call()) is None
    with pytest.raises(GrantRefusedError) as refused:
        await store.add(grant())
    assert str(refused.value) == book.REVOKED
    assert await store.matching(call()) is None


@pytest.mark.usefixtures("worker")
async def test_what_is_refused_is_told_in_a_sentence_and_leaves_no_trace(
    store: Grants, kept: WorkflowHandle[Any, Any]
) -> None:
    await store.add(grant())
    before = (await kept.describe()).history_length

    with pytest.raises(GrantRefusedError, match="already have ended"):
        await store.add(grant(2, until=NOW - 10))
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await kept.execute_update(REVOKE_GRANT, Revocation(id="", by="U1", at=NOW))

    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.message == book.UNNAMED
    assert (await kept.describe()).history_length == before
    assert await listed(kept) == ["grant-1"]


async def test_signals_that_wait_for_a_worker_count_in_their_order(
    client: Client, queue: str, store: Grants, kept: WorkflowHandle[Any, Any]
) -> None:
    async with keeping(client, queue):
        await store.add(grant(1))
    for signal, content in (
        (ADD_GRANT_LATER, grant(2)),
        (ADD_GRANT_LATER, grant(3, until=NOW - 10)),
        (ADD_GRANT_LATER, grant(2, pattern={})),
        (REVOKE_GRANT_LATER, revocation(1)),
        (REVOKE_GRANT_LATER, revocation(4)),
        (ADD_GRANT_LATER, grant(4)),
    ):
        await kept.signal(signal, content)

    async with keeping(client, queue):
        assert await listed(kept) == ["grant-2"]
        assert await store.matching(call()) == grant(2)


# When something is away


async def test_without_a_worker_nothing_counts_as_granted(client: Client, queue: str, store: Grants) -> None:
    async with keeping(client, queue):
        await store.add(grant())
    impatient = Grants(client, queue, "T1", patience=IMPATIENT)

    with pytest.raises(GrantsAwayError):
        await impatient.matching(call())
    with pytest.raises(GrantsAwayError):
        await impatient.add(grant(2))


async def test_a_worker_that_does_not_know_of_grants_grants_nothing(client: Client, queue: str, store: Grants) -> None:
    await client.start_workflow(
        GRANTS_WORKFLOW, GrantList(grants=[grant()]), id=grants_workflow_id(queue, "T1"), task_queue=queue
    )
    impatient = Grants(client, queue, "T1", patience=timedelta(seconds=2))
    async with Worker(client, task_queue=queue, workflows=[ListeningWorkflow]):
        with pytest.raises(GrantsAwayError):
            await impatient.matching(call())


async def test_grants_that_an_operator_has_ended_do_not_hold(
    client: Client, queue: str, store: Grants, kept: WorkflowHandle[Any, Any]
) -> None:
    async with keeping(client, queue):
        await store.add(grant())
        await kept.terminate()

        assert await store.matching(call()) is None
        await store.add(grant(2))
        assert await listed(kept) == ["grant-2"]


async def test_neither_a_new_worker_nor_a_restarted_temporal_forgets_a_grant_or_a_revocation(
    processes: None, queue: str, tmp_path: Path
) -> None:
    server = DevServer(database=tmp_path / "temporal.db")
    await asyncio.to_thread(server.start)
    try:
        client = await temporal.connect({"target_host": server.address}, DATA_CONVERTER)
        store = Grants(client, queue, "T1", patience=timedelta(seconds=60))
        away = Grants(client, queue, "T1", patience=IMPATIENT)
        async with keeping(client, queue):
            await store.add(grant(1))
            await store.add(grant(2, pattern={}))
            await client.get_workflow_handle(grants_workflow_id(queue, "T1")).execute_update(REVOKE_GRANT, revocation())
        async with keeping(client, queue):
            await asyncio.to_thread(server.kill)
            with pytest.raises(GrantsAwayError):
                await away.matching(call())
            with pytest.raises(GrantsAwayError):
                await away.add(grant(3))
            await asyncio.to_thread(server.start)

            assert await store.matching(call()) == grant(2, pattern={})
    finally:
        server.kill()


# Long lives


async def test_grants_and_revocations_are_carried_into_new_runs_and_every_run_replays(
    client: Client, queue: str, store: Grants, kept: WorkflowHandle[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "LONG_HISTORY", 20)
    async with keeping(client, queue):
        for batch in range(4):
            numbers = range(10 * batch, 10 * batch + 10)
            await asyncio.gather(*(store.add(grant(number)) for number in numbers))
            await asyncio.gather(*(kept.execute_update(REVOKE_GRANT, revocation(one)) for one in list(numbers)[1:]))

        assert await listed(kept) == ["grant-0", "grant-10", "grant-20", "grant-30"]
        with pytest.raises(GrantRefusedError):
            await store.add(grant(1))
        life = await Lifeline.of(client, kept.id)
    assert life.continuations > 1
    assert life.failed_tasks == []
    replayer = Replayer(
        workflows=[GrantsWorkflow], data_converter=DATA_CONVERTER, workflow_runner=UnsandboxedWorkflowRunner()
    )
    for history in life.runs:
        await replayer.replay_workflow(history)
