"""Promises of a worker's share: all workers that live count, and one that was killed does not count for long."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
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
        await asyncio.sleep(0.1)


async def test_each_worker_takes_its_share_and_gets_that_of_a_killed_one_within_seconds(temporal_address: str) -> None:
    queue = f"shared-{uuid4().hex[:8]}"
    one, two, three = [WorkerShare(await connected(temporal_address, "the same"), queue) for _ in range(3)]
    assert one.share() == 1

    async with AsyncExitStack() as living, AsyncExitStack() as dying:
        for worker in (one, two):
            await living.enter_async_context(worker.kept_current())
        await dying.enter_async_context(three.kept_current())
        async with asyncio.timeout(10):
            await count_until(one, 3)
        assert one.share() == 1 / 3
        assert one.first_part() == 1

        await dying.aclose()

        async with asyncio.timeout(20):
            await count_until(one, 2)
        assert one.first_part() == 1, "people are to see steps soon after a kill"


async def test_a_worker_that_follows_several_killed_ones_begins_with_a_part_of_its_calls(temporal_address: str) -> None:
    queue = f"shared-{uuid4().hex[:8]}"
    one, *dead = [WorkerShare(await connected(temporal_address, "the same"), queue) for _ in range(4)]

    async with one.kept_current():
        async with AsyncExitStack() as dying:
            for worker in dead:
                await dying.enter_async_context(worker.kept_current())
            async with asyncio.timeout(10):
                await count_until(one, 4)

        async with asyncio.timeout(20):
            await count_until(one, 1)
        assert one.first_part() == 1 / 3, "each of the dead has made calls of this minute"


async def test_where_signs_of_life_are_not_taken_polls_for_work_count(temporal_address: str) -> None:
    queue = f"shared-{uuid4().hex[:8]}"
    clients = [await connected(temporal_address, name) for name in ("one", "two")]
    counted = WorkerShare(cast("Client", _Strict(clients[0])), queue)
    await counted.show_life()

    # Temporal tells only of the polls in the first partition of a queue: with so many, one is there.
    async with (
        Worker(clients[0], task_queue=queue, activities=[nothing], max_concurrent_activity_task_polls=40),
        Worker(clients[1], task_queue=queue, activities=[nothing], max_concurrent_activity_task_polls=40),
        asyncio.timeout(20),
    ):
        await count_until(counted, 2)


async def test_while_temporal_is_away_the_last_number_stays(processes: None) -> None:
    with DevServer() as server:
        counted = WorkerShare(await connected(server.address, "one"), "queue")
        counted.workers = 3

    await counted.count()

    assert counted.workers == 3


class _Strict:
    """A Temporal that gives this client no tasks of queues that are not its own."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return self if name == "workflow_service" else getattr(self._client, name, None) or self._of_service(name)

    def _of_service(self, name: str) -> Any:
        return getattr(self._client.workflow_service, name)

    async def poll_workflow_task_queue(self, *_: Any, **__: Any) -> None:
        raise RPCError("not for you", RPCStatusCode.PERMISSION_DENIED, b"")


async def connected(address: str, identity: str) -> Client:
    return await temporal.connect({"target_host": address, "identity": identity}, DATA_CONVERTER)
