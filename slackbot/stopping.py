"""How a running conversation is told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta

from temporalio.client import Client

from agent_worker.contract import STOP, StopRequest, Thread
from slackbot.running import signal_if_running

CALL_TIMEOUT = timedelta(seconds=1)
PATIENCE = 1.0  # seconds, with the attempts that Temporal's client makes by itself


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


def ts_of_now() -> str:
    """This moment as Slack writes it in a `ts`."""
    return f"{time.time():.6f}"
