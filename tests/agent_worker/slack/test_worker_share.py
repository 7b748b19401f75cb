"""The fleet: how many workers there are is asked of Temporal, and survives its absence."""

from __future__ import annotations

from uuid import uuid4

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.slack.worker_share import Fleet
from playground.temporal_server import DevServer
from process import temporal


@activity.defn
async def nothing() -> None: ...


async def look_until(fleet: Fleet, size: int) -> None:
    while fleet.size != size:
        await fleet.look()


async def test_each_worker_takes_its_share(temporal_address: str) -> None:
    clients = [await connected(temporal_address, name) for name in ("one", "two", "three")]
    queue = f"fleet-{uuid4().hex[:8]}"
    fleet = Fleet(clients[0], queue)
    assert fleet.share() == 1

    async with Worker(clients[0], task_queue=queue, activities=[nothing]):
        await look_until(fleet, 1)
        async with (
            Worker(clients[1], task_queue=queue, activities=[nothing]),
            Worker(clients[2], task_queue=queue, activities=[nothing]),
        ):
            await look_until(fleet, 3)

    assert fleet.share() == 1 / 3


async def test_while_temporal_is_away_the_last_number_stands() -> None:
    with DevServer() as server:
        fleet = Fleet(await connected(server.address, "one"), "queue")
        fleet.size = 3

    await fleet.look()

    assert fleet.size == 3


async def connected(address: str, identity: str) -> Client:
    return await temporal.connect({"target_host": address, "identity": identity}, DATA_CONVERTER)
