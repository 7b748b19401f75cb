"""Signals to conversations that are open. One that is closed has nothing to stop and nothing to change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import StopRequest, Thread
from agent_worker.contract.names import STOP, workflow_id

CALL_TIMEOUT = timedelta(seconds=1)
PATIENCE = 1.0  # seconds, with the attempts that Temporal's client makes by itself


async def signal_if_running(
    client: Client, thread: Thread, signal: str, content: BaseModel, patience: timedelta
) -> bool:
    """Whether a conversation is open in the thread; then Temporal has stored it. Raises RPCError if neither is sure."""
    handle = client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
    try:
        await handle.signal(signal, content, rpc_timeout=patience)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


class Stopping:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def stop(self, threads: Iterable[Thread], request: StopRequest) -> None:
        """Returns when Temporal has stored it for all of them; a conversation that is closed has nothing to stop.

        Raises RPCError or TimeoutError while Temporal is away; the same request can be given again.
        """
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(self._stop(thread, request) for thread in threads))

    async def _stop(self, thread: Thread, request: StopRequest) -> None:
        await signal_if_running(self._client, thread, STOP, request, CALL_TIMEOUT)
