"""Signals to a conversation that is open. One that is not has nothing to stop and nothing to change."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract import Thread, workflow_id


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
