"""What all conversations that Temporal still has, open and closed, answer to a query."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.names import AGENT_WORKFLOW, thread_of

AT_ONCE = 8  # queries; each may make a worker replay a whole history
PATIENCE = timedelta(seconds=30)  # for one of them
AWAY = (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError)
Answer = TypeVar("Answer")


class ToldByConversations:
    """Asks with queries, so a worker has to run. Each of them is a billed action of Temporal Cloud."""

    def __init__(self, client: Client, task_queue: str, *, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._task_queue = task_queue
        self._patience = patience
        self._places = asyncio.Semaphore(AT_ONCE)

    async def runs(self, channel: str = "") -> Mapping[str, Sequence[WorkflowExecution]]:
        """The runs by workflow id; with a `channel`, only those of the conversations there. Raises RPCError."""
        runs: dict[str, list[WorkflowExecution]] = {}
        query = f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{self._task_queue}'"
        async for run in self._client.list_workflows(query):
            thread = thread_of(run.id)
            if not channel or (thread is not None and thread.channel == channel):
                runs.setdefault(run.id, []).append(run)
        return runs

    async def answers(self, runs: Iterable[WorkflowExecution], query: str, kind: type[Answer]) -> list[Answer]:
        """What these runs answer, without those that were deleted since they were listed. Raises one of AWAY."""
        answers = await asyncio.gather(*(self._answer(run, query, kind) for run in runs))
        return [answer for answer in answers if answer is not None]

    async def _answer(self, run: WorkflowExecution, query: str, kind: type[Answer]) -> Answer | None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        async with self._places:
            try:
                answer: Answer = await handle.query(query, result_type=kind, rpc_timeout=self._patience)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise
            return answer


def went_on(run: WorkflowExecution) -> bool:
    """Whether another run has taken over what this one knew."""
    return run.status == WorkflowExecutionStatus.CONTINUED_AS_NEW


def newest(runs: Sequence[WorkflowExecution]) -> Iterator[WorkflowExecution]:
    """Those that did not go on: each knows something that no other one knows."""
    return (run for run in runs if not went_on(run))
