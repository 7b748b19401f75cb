"""How many workers share Slack's limits: asked of Temporal, which knows who polls the task queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

INTERVAL = 20.0  # seconds between two looks
POLLING = timedelta(seconds=90)  # who has not asked for work for so long is gone; a poll takes a minute at most
logger = logging.getLogger(__name__)


class Fleet:
    """`size` is at least 1, and as it was at the last look."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self.size = 1

    def share(self) -> float:
        return 1 / self.size

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Looks now and again, while the block runs."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(INTERVAL)

    async def look(self) -> None:
        """Counts the workers; while Temporal does not say, the last number stands."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        try:
            answer = await self._client.workflow_service.describe_task_queue(request)
        except RPCError as error:
            logger.info("workers not counted", extra={"reason": error.status.name})
            return
        self.size = max(1, len({poller.identity for poller in answer.pollers if _is_there(poller)}))


def _is_there(poller: PollerInfo) -> bool:
    return datetime.now(UTC) - poller.last_access_time.ToDatetime(tzinfo=UTC) < POLLING
