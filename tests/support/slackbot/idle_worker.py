"""A worker that does nothing but ask for work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from tests.support.slackbot.conversations import eventually

KINDS = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)


@workflow.defn
class Nothing:
    @workflow.run
    async def run(self) -> None:
        """Does nothing: the worker has to have a workflow."""


@activity.defn
async def nothing() -> None:
    """Does nothing."""


@asynccontextmanager
async def working(address: str, version: WorkerDeploymentVersion | None = None) -> AsyncIterator[str]:
    """A worker on a task queue of its own, which is what this yields once Temporal knows that it asks for work."""
    client = await Client.connect(address)
    task_queue = f"doctor-{uuid4().hex[:8]}"
    config = WorkerDeploymentConfig(version, True, VersioningBehavior.AUTO_UPGRADE) if version else None  # noqa: FBT003

    async def is_known() -> bool:
        requests = [
            DescribeTaskQueueRequest(namespace="default", task_queue=TaskQueue(name=task_queue), task_queue_type=kind)
            for kind in KINDS
        ]
        return all([(await client.workflow_service.describe_task_queue(one)).pollers for one in requests])

    async with Worker(
        client,
        task_queue=task_queue,
        workflows=[Nothing],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=config,
    ):
        await eventually(is_known)
        yield task_queue
