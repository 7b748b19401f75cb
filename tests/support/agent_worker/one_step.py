"""A workflow of one step, and a worker for it whose attempts do what a test says. Its deadlines are an hour away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.worker import Interceptor, UnsandboxedWorkflowRunner, Worker

AN_HOUR = timedelta(hours=1)
Attempt = Callable[[], Awaitable[str]]


@workflow.defn
class OneStep:
    @workflow.run
    async def run(self) -> str:
        result: str = await workflow.execute_activity(
            "step",
            result_type=str,
            start_to_close_timeout=AN_HOUR,
            heartbeat_timeout=AN_HOUR,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10)),
        )
        return result


class Steps:
    """What the worker was asked for: the token of each attempt, and the number of attempts."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.tokens: asyncio.Queue[bytes] = asyncio.Queue()
        self.begun: list[int] = []

    @activity.defn
    async def step(self) -> str:
        self.begun.append(activity.info().attempt)
        self.tokens.put_nowait(activity.info().task_token)
        return await self._attempt()


@asynccontextmanager
async def one_step(
    client: Client, attempt: Attempt, *interceptors: Interceptor
) -> AsyncIterator[tuple[Steps, WorkflowHandle[OneStep, str]]]:
    """Starts the workflow, on a worker of its own."""
    steps, queue = Steps(attempt), f"one-step-{uuid4().hex[:8]}"
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[OneStep],
        activities=[steps.step],
        interceptors=interceptors,
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
    )
    async with worker:
        yield steps, await client.start_workflow(OneStep.run, id=queue, task_queue=queue)
