"""Signals to conversations that are open. A closed one has nothing to stop and nothing to change."""

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
TIMEOUT = 1.0  # seconds for all signals together, with the attempts that Temporal's client makes by itself


async def signal_if_open(client: Client, thread: Thread, signal: str, content: BaseModel, timeout: timedelta) -> bool:
    """Whether a conversation is open in the thread and Temporal has stored the signal. Raises RPCError if unsure."""
    handle = client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
    try:
        await handle.signal(signal, content, rpc_timeout=timeout)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


class StopSignals:
    """Stops conversations for the Home tab and the slash command."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send(self, threads: Iterable[Thread], request: StopRequest) -> None:
        """Returns once Temporal has stored the request for each open conversation; closed ones are passed over.

        Raises RPCError or TimeoutError while Temporal is away; the same request can then be sent again.
        """
        async with asyncio.timeout(TIMEOUT):
            await asyncio.gather(*(self._send(thread, request) for thread in threads))

    async def _send(self, thread: Thread, request: StopRequest) -> None:
        await signal_if_open(self._client, thread, STOP, request, CALL_TIMEOUT)
