"""Promises of the reservations: a turn asks once and for little, and waits for the count no longer than it may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.quotas import Claim, QuotaLimits, quota_workflow_id
from agent_worker.quotas.reservations import ALONE_FOR, Place, Reservations
from agent_worker.quotas.workflow import QuotaWorkflow
from process import temporal

QUOTA = 3


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)


@pytest.fixture
async def empty_queue() -> str:
    """A task queue without a worker."""
    return f"reservations-{uuid4().hex[:8]}"


@pytest.fixture
async def queue(client: Client, empty_queue: str) -> AsyncIterator[str]:
    async with counting(client, empty_queue):
        yield empty_queue


def counting(client: Client, queue: str) -> Worker:
    """A worker that keeps the count."""
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=queue, workflows=[QuotaWorkflow], workflow_runner=runner)


async def reserve(reservations: Reservations, turn: object) -> Place:
    return await reservations.reserve("T1", Claim(turn=f"C1:{turn}", people=["U1"]))


async def updates(client: Client, queue: str) -> int:
    """How many calls of ours Temporal has stored: on Temporal Cloud, each is one action."""
    history = await client.get_workflow_handle(quota_workflow_id(queue, "T1")).fetch_history()
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == accepted for event in history.events)


async def test_turns_that_begin_at_once_are_asked_about_together(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=QUOTA))

    refused = await asyncio.gather(*(reserve(reservations, turn) for turn in range(20)))

    assert refused.count(None) == QUOTA
    assert await updates(client, queue) <= 2


async def test_a_turn_that_is_given_up_while_it_asks_stops_nobody_else(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits(person=QUOTA))
    given_up, other = (asyncio.create_task(reserve(reservations, turn)) for turn in range(2))
    await asyncio.sleep(0)

    given_up.cancel()

    assert await other is None
    assert await reserve(reservations, 2) is None


async def test_without_limits_nothing_is_asked(client: Client, queue: str) -> None:
    reservations = Reservations(client, queue, QuotaLimits())

    assert [await reserve(reservations, turn) for turn in range(3)] == [None] * 3

    with pytest.raises(RPCError) as missing:
        await updates(client, queue)
    assert missing.value.status == RPCStatusCode.NOT_FOUND


async def test_a_worker_that_cannot_reach_the_count_goes_on_and_counts_alone(client: Client, empty_queue: str) -> None:
    reservations = Reservations(client, empty_queue, QuotaLimits(person=QUOTA), patience=0.5)

    refused = [await reserve(reservations, turn) for turn in range(QUOTA + 1)]

    assert [one is None for one in refused] == [True] * QUOTA + [False]


async def test_only_the_first_turn_waits_for_a_count_that_cannot_be_reached(client: Client, empty_queue: str) -> None:
    reservations = Reservations(client, empty_queue, QuotaLimits(person=QUOTA), patience=0.5)
    await reserve(reservations, "first")

    began = time.monotonic()
    await reserve(reservations, "second")

    assert time.monotonic() - began < 0.4


async def test_a_count_that_is_back_is_asked_again(client: Client, empty_queue: str) -> None:
    passed = [0.0]  # seconds of which only the test knows
    reservations = Reservations(
        client, empty_queue, QuotaLimits(person=1), patience=0.5, clock=lambda: time.monotonic() + passed[0]
    )
    assert await reserve(reservations, "alone") is None

    async with counting(client, empty_queue):
        passed[0] = ALONE_FOR
        assert await reserve(reservations, "alone") is None
        assert await reserve(reservations, "another") is not None
