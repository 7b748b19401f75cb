"""This worker's share of Slack's rate limits: each worker shows Temporal every few seconds that it lives.

A worker that was killed must not keep its share for long, and its polls for work do not tell: such a poll lasts up to a
minute, so that a silent worker may be alive. So each worker polls, every two seconds, a queue that never holds a task,
and counts who else has polled it. Polls are no billed actions of Temporal Cloud.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueKind, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, PollWorkflowTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

# A poll with this deadline ends a second before it (measured); then the next one begins.
POLL = timedelta(seconds=3)
POLLED_WITHIN = timedelta(seconds=5)  # of the newest poll: two polls; a worker whose last poll is older is gone
# Where these polls are not possible, polls for work count. Such a poll lasts up to a minute.
WORKED_WITHIN = timedelta(seconds=90)
LATELY = timedelta(seconds=60)  # Slack counts calls by the minute
INTERVAL = 2.0  # seconds between two counts, and after a poll that failed
logger = logging.getLogger(__name__)


class WorkerShare:
    """`workers` is the number at the last count, at least 1; before the first count it is 1."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._work = TaskQueue(name=task_queue)
        # A sticky queue has a single partition, so that every poll of it is seen.
        self._signs = TaskQueue(
            name=f"{task_queue}:alive", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=task_queue
        )
        self._identity = f"{client.identity} {uuid4().hex[:8]}"  # a restarted worker is another one
        self._shows_life = True
        self._lost = 0  # workers that have ended within a minute
        self.workers = 1

    def share(self) -> float:
        """The part of each limit that this worker may use, between 0 and 1."""
        return 1 / self.workers

    def first_part(self) -> float:
        """The part of a full bucket with which this worker begins, between 0 and 1.

        After one kill it is all of it: otherwise people would see no steps for ten seconds, and Slack's own refusal of
        a call too many is waited for. Of several workers that have ended within a minute, each has made calls of it.
        """
        return 1 / max(1, self._lost)

    @asynccontextmanager
    async def kept_current(self) -> AsyncIterator[None]:
        """Shows that this worker lives, and counts again and again, while the block runs. It has counted before."""
        await self.count()
        tasks = [asyncio.create_task(self._keep_polling()), asyncio.create_task(self._keep_counting())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    async def _keep_polling(self) -> None:
        while True:
            await self.show_life()
            if not self._shows_life:
                await asyncio.sleep(INTERVAL)

    async def show_life(self) -> None:
        """Polls once, for about two seconds. If Temporal does not let the worker, it counts in another way."""
        request = PollWorkflowTaskQueueRequest(
            namespace=self._client.namespace, task_queue=self._signs, identity=self._identity
        )
        try:
            await self._client.workflow_service.poll_workflow_task_queue(request, timeout=POLL)
        except RPCError as error:
            self._shows_life = False
            logger.info("no sign of life given", extra={"reason": error.status.name})
        else:
            self._shows_life = True

    async def _keep_counting(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            await self.count()

    async def count(self) -> None:
        """Counts the workers. While Temporal does not answer, the last number stays."""
        try:
            if self._shows_life:
                polls = await self._last_polls(self._signs, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
                alive = {self._identity, *_since(polls, POLLED_WITHIN)}
                self._lost = len(_since(polls, LATELY) - alive)
            else:
                polls = await self._last_polls(self._work, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                alive = _since(polls, WORKED_WITHIN)
        except RPCError as error:
            logger.info("workers not counted", extra={"reason": error.status.name})
            return
        self.workers = max(1, len(alive))

    async def _last_polls(self, queue: TaskQueue, kind: TaskQueueType.ValueType) -> Mapping[str, datetime]:
        """When each worker has last begun a poll of the queue, by Temporal's clock. Temporal keeps five minutes."""
        request = DescribeTaskQueueRequest(namespace=self._client.namespace, task_queue=queue, task_queue_type=kind)
        answer = await self._client.workflow_service.describe_task_queue(request)
        return {poller.identity: poller.last_access_time.ToDatetime(tzinfo=UTC) for poller in answer.pollers}


def _since(polls: Mapping[str, datetime], time: timedelta) -> set[str]:
    """Who has polled within this time before the newest poll: so the clock of this machine may be wrong."""
    newest = max(polls.values(), default=None)
    return {identity for identity, at in polls.items() if newest is not None and newest - at < time}
