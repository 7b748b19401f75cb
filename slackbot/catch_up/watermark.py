"""What Temporal remembers for the bot: the watermark, and the threads whose conversations are open."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Listening, Thread
from agent_worker.contract.names import (
    AGENT_WORKFLOW,
    HEARD,
    LISTENING_WORKFLOW,
    SURE_UNTIL,
    listening_workflow_id,
    workflow_id_prefix,
)

CALL_TIMEOUT = timedelta(seconds=5)
# A worker answers the query. If none is up, a query that waits is answered as soon as one is; but each new query may
# first be kept for the worker that has gone.
QUERY_TIMEOUT = timedelta(seconds=30)


class Watermark:
    """The moment up to which the bot has handed over every message, in seconds since 1970.

    Raises RPCError while Temporal is away; `read` raises it also while no worker is there to answer.
    """

    def __init__(self, client: Client, task_queue: str, team: str, *, query_timeout: timedelta = QUERY_TIMEOUT) -> None:
        self._client = client
        self._task_queue = task_queue
        self._team = team
        self._query_timeout = query_timeout
        self._id = listening_workflow_id(task_queue, team)

    async def read(self) -> float | None:
        """The watermark; None if no bot has ever listened for this agent and team."""
        try:
            handle = self._client.get_workflow_handle(self._id)
            return float(await handle.query(SURE_UNTIL, result_type=float, rpc_timeout=self._query_timeout))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def move(self, sure_until: float) -> None:
        """Moves the watermark forward to this moment; does nothing if it is already later."""
        mark = Listening(sure_until=sure_until)
        await self._client.start_workflow(
            LISTENING_WORKFLOW,
            mark,
            id=self._id,
            task_queue=self._task_queue,
            start_signal=HEARD,
            start_signal_args=[mark],
            rpc_timeout=CALL_TIMEOUT,
        )

    async def open_threads(self) -> set[Thread]:
        """The threads whose conversations are open. Temporal's list may be a second behind."""
        prefix = workflow_id_prefix(self._team)
        query = (
            f"WorkflowType = '{AGENT_WORKFLOW}' AND ExecutionStatus = 'Running' "
            f"AND TaskQueue = '{self._task_queue}' AND WorkflowId STARTS_WITH '{prefix}'"
        )
        threads = set()
        async for execution in self._client.list_workflows(query, rpc_timeout=CALL_TIMEOUT):
            channel, _, thread_ts = execution.id.removeprefix(prefix).partition(":")
            threads.add(Thread(team=self._team, channel=channel, thread_ts=thread_ts))
        return threads
