"""Promises of the signs of life: few heartbeats, each in time, and a step that is not wanted ends without one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from agent_worker.activities.interceptor import EveryActivity
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.errors import DIED, retryable
from agent_worker.recovery.signs_of_life import pause_before_heartbeat
from agent_worker.workflow.activity_calls import HEARTBEAT_TIMEOUT, LONG_HEARTBEAT_TIMEOUT
from process import temporal
from tests.support.agent_worker.one_step import one_step
from tests.support.e2e.temporal_server import PlainServer

MODEL_CALL = timedelta(seconds=8)
LATE = timedelta(seconds=2)  # a worker that is held up, or a slow network
HEARTBEAT = "RecordActivityTaskHeartbeat"
Conversation = WorkflowHandle[Any, str]


@pytest.mark.parametrize("deadline", [HEARTBEAT_TIMEOUT, LONG_HEARTBEAT_TIMEOUT])
def test_a_heartbeat_that_is_two_seconds_late_is_in_time(deadline: timedelta) -> None:
    assert pause_before_heartbeat(deadline) + LATE < deadline


def test_a_model_call_of_eight_seconds_needs_no_heartbeat() -> None:
    assert pause_before_heartbeat(LONG_HEARTBEAT_TIMEOUT) > MODEL_CALL


@pytest.mark.parametrize("seconds", [0.3, 1, 3, 4])
def test_two_heartbeats_fit_into_a_deadline_however_short(seconds: float) -> None:
    deadline = timedelta(seconds=seconds)

    assert timedelta() < pause_before_heartbeat(deadline) * 2 < deadline


# On a server that sends no worker commands. The next heartbeat would be due in an hour.


@pytest.fixture(scope="module")
def server(processes: None) -> Iterator[PlainServer]:
    with PlainServer() as server:
        yield server


async def cancelled(_client: Client, conversation: Conversation, _token: bytes) -> None:
    await conversation.cancel()


async def erased(_client: Client, conversation: Conversation, _token: bytes) -> None:
    await conversation.terminate()


async def begun_again(client: Client, _conversation: Conversation, token: bytes) -> None:
    await client.get_async_activity_handle(task_token=token).fail(retryable(DIED, "taken for dead"))


@pytest.mark.parametrize("happens", [cancelled, erased, begun_again])
async def test_a_step_that_is_not_wanted_any_more_ends_for_one_heartbeat(
    server: PlainServer, happens: Callable[[Client, Conversation, bytes], Awaitable[None]]
) -> None:
    client = await temporal.connect({"target_host": server.address}, DATA_CONVERTER)
    ended: asyncio.Queue[str] = asyncio.Queue()
    numbers = iter(range(1, 10))

    async def step() -> str:
        if next(numbers) > 1:
            return "done by the next attempt"
        try:
            await asyncio.Event().wait()
        finally:
            ended.put_nowait("the first attempt")
        return ""

    before = (await server.calls(client))[HEARTBEAT]
    async with one_step(client, step, EveryActivity(client)) as (steps, conversation):
        await happens(client, conversation, await steps.tokens.get())

        assert await ended.get() == "the first attempt"
    retries = len(steps.begun) - 1
    assert (await server.calls(client))[HEARTBEAT] - before == 1 + retries
