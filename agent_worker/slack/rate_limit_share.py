"""This worker's share of Slack's rate limits: Temporal knows how many workers poll the task queue."""

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

INTERVAL = 20.0  # seconds between two counts
# A worker that has not polled for this long counts as gone; a running one polls at least once a minute.
POLLING = timedelta(seconds=90)
logger = logging.getLogger(__name__)


class WorkerShare:
    """`workers` is the number at the last count, at least 1; before the first count it is 1."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self.workers = 1

    def share(self) -> float:
        """The part of each limit that this worker may use, between 0 and 1."""
        return 1 / self.workers

    @asynccontextmanager
    async def kept_current(self) -> AsyncIterator[None]:
        """Counts again and again while the block runs."""
        counting = asyncio.create_task(self._keep_counting())
        try:
            yield
        finally:
            counting.cancel()

    async def _keep_counting(self) -> None:
        while True:
            await self.count()
            await asyncio.sleep(INTERVAL)

    async def count(self) -> None:
        """Counts the workers. While Temporal does not answer, the last number stays."""
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
        self.workers = max(1, len({poller.identity for poller in answer.pollers if _is_polling(poller)}))


def _is_polling(poller: PollerInfo) -> bool:
    return datetime.now(UTC) - poller.last_access_time.ToDatetime(tzinfo=UTC) < POLLING
