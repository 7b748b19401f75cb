"""The records of all conversations that Temporal still has, open and closed, each record once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.names import AGENT_WORKFLOW, thread_of
from agent_worker.payloads.decisions import DECISIONS, DayCount, DecisionLog, DecisionRecord

AT_ONCE = 8  # queries; each may make a worker replay a whole history
PATIENCE = timedelta(seconds=30)  # for one of them
_AWAY = (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError)


@dataclass
class Found:
    """`days` are those of all conversations. `dropped` counts records that no run has any more.

    `unread` are the workflow ids of the conversations that could not be read.
    """

    records: list[DecisionRecord] = field(default_factory=list)
    days: list[tuple[str, DayCount]] = field(default_factory=list)
    dropped: int = 0
    unread: list[str] = field(default_factory=list)


class Conversations:
    """Reads with queries, so a worker has to run. Raises RPCError if Temporal cannot be asked for its list."""

    def __init__(self, client: Client, task_queue: str, *, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._task_queue = task_queue
        self._patience = patience
        self._places = asyncio.Semaphore(AT_ONCE)

    async def read(self, channel: str = "") -> Found:
        """`channel`: only the conversations there."""
        runs: dict[str, list[WorkflowExecution]] = {}
        query = f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{self._task_queue}'"
        async for run in self._client.list_workflows(query):
            thread = thread_of(run.id)
            if not channel or (thread is not None and thread.channel == channel):
                runs.setdefault(run.id, []).append(run)
        found = Found()
        await asyncio.gather(*(self._read(name, runs[name], found) for name in runs))
        found.unread.sort()
        return found

    async def _read(self, name: str, runs: Sequence[WorkflowExecution], found: Found) -> None:
        """A run that went on in another one has carried its records over: it is read only if some were dropped since.

        A conversation that was closed and opened again has several runs that did not.
        """
        try:
            last = await self._logs(run for run in runs if not _went_on(run))
            dropped = sum(log.dropped for log in last)
            earlier = await self._logs(filter(_went_on, runs)) if dropped else []
        except _AWAY:
            found.unread.append(name)
            return
        kept = {(record.id, record.asked_at): record for log in [*earlier, *last] for record in log.records}
        found.records += kept.values()
        found.days += [day for log in last for day in log.days.items()]
        found.dropped += max(0, dropped - (len(kept) - sum(len(log.records) for log in last)))

    async def _logs(self, runs: Iterable[WorkflowExecution]) -> list[DecisionLog]:
        logs = await asyncio.gather(*(self._log(run) for run in runs))
        return [log for log in logs if log is not None]

    async def _log(self, run: WorkflowExecution) -> DecisionLog | None:
        """None of a run that was deleted since it was listed."""
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        async with self._places:
            try:
                log: DecisionLog = await handle.query(DECISIONS, result_type=DecisionLog, rpc_timeout=self._patience)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise
            return log


def _went_on(run: WorkflowExecution) -> bool:
    return run.status == WorkflowExecutionStatus.CONTINUED_AS_NEW
