"""Promises of a worker's share: Temporal counts the workers, and while it cannot, the last number stays."""

from __future__ import annotations

from uuid import uuid4

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.slack.rate_limit_share import WorkerShare
from playground.temporal_server import DevServer
from process import temporal


@activity.defn
async def nothing() -> None: ...


async def count_until(counted: WorkerShare, workers: int) -> None:
    while counted.workers != workers:
        await counted.count()


async def test_each_worker_takes_its_share(temporal_address: str) -> None:
    clients = [await connected(temporal_address, name) for name in ("one", "two", "three")]
    queue = f"shared-{uuid4().hex[:8]}"
    counted = WorkerShare(clients[0], queue)
    assert counted.share() == 1

    async with Worker(clients[0], task_queue=queue, activities=[nothing]):
        await count_until(counted, 1)
        async with (
            Worker(clients[1], task_queue=queue, activities=[nothing]),
            Worker(clients[2], task_queue=queue, activities=[nothing]),
        ):
            await count_until(counted, 3)

    assert counted.share() == 1 / 3


async def test_while_temporal_is_away_the_last_number_stays(processes: None) -> None:
    with DevServer() as server:
        counted = WorkerShare(await connected(server.address, "one"), "queue")
        counted.workers = 3

    await counted.count()

    assert counted.workers == 3


async def connected(address: str, identity: str) -> Client:
    return await temporal.connect({"target_host": address, "identity": identity}, DATA_CONVERTER)
