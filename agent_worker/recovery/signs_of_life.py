"""The signs of life of a step: few heartbeats, and a look every two seconds whether the step is still wanted.

Temporal Cloud bills each heartbeat that reaches it, and no look. So a heartbeat comes only when its deadline is near,
and once more when the step is wanted no longer: Temporal's reply to it is what ends the step.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

# By so much a heartbeat comes before its deadline: a worker may be held up, and so may the network.
SPARE = timedelta(seconds=3)
LOOKS_EVERY = 2.0  # seconds; a server that sends worker commands ends the step at once, without a look
LOOK_TIMEOUT = timedelta(seconds=2)


@asynccontextmanager
async def shown(beat: Callable[[], None], client: Client | None) -> AsyncIterator[None]:
    """Shows that the step of this context lives, while the block runs. Without a `client`, nobody looks."""
    signs = [asyncio.create_task(_beat(beat))]
    if client is not None:
        signs.append(asyncio.create_task(_look(beat, client)))
    try:
        yield
    finally:
        for sign in signs:
            sign.cancel()


def pause_before_heartbeat(deadline: timedelta) -> timedelta:
    """How long after one heartbeat the next one is sent, if the step has to send one within `deadline`."""
    return max(deadline - SPARE, deadline / 3)


async def _beat(beat: Callable[[], None]) -> None:
    deadline = activity.info().heartbeat_timeout
    if not deadline:
        return
    pause = pause_before_heartbeat(deadline).total_seconds()
    while True:
        await asyncio.sleep(pause)
        beat()


async def _look(beat: Callable[[], None], client: Client) -> None:
    while True:
        await asyncio.sleep(LOOKS_EVERY)
        if not await _is_wanted(client):
            beat()


async def _is_wanted(client: Client) -> bool:
    """Whether Temporal still waits for this attempt. It may have been stopped, begun again, or erased.

    If Temporal does not tell, the attempt is wanted.
    """
    info = activity.info()
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=info.workflow_id or "", run_id=info.workflow_run_id or ""),
    )
    try:
        described = await client.workflow_service.describe_workflow_execution(request, timeout=LOOK_TIMEOUT)
    except RPCError as error:
        return error.status != RPCStatusCode.NOT_FOUND
    if described.workflow_execution_info.status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING:
        return False
    return any(
        step.activity_id == info.activity_id
        and step.attempt == info.attempt
        and step.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        for step in described.pending_activities
    )
