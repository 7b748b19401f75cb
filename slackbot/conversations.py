"""The Temporal side of the bot: hand a message to its conversation, and know which threads the agent takes part in."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract import AGENT_WORKFLOW, USER_MESSAGE, Start, Thread, workflow_id
from slackbot.events import Incoming

# Slack waits 3 s for the acknowledgement; what takes longer is redelivered.
HAND_OVER_TIMEOUT = timedelta(seconds=2.5)
REMEMBERED = 10_000
logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")
TakesPartIn = Callable[[Thread], Awaitable[bool]]


class Conversations:
    """Delivers to workflows. `takes_part_in` looks into a Slack thread that Temporal does not know."""

    def __init__(self, client: Client, task_queue: str, takes_part_in: TakesPartIn) -> None:
        self._client = client
        self._task_queue = task_queue
        self._takes_part_in = takes_part_in
        self._delivered: OrderedDict[tuple[str, str], asyncio.Future[None]] = OrderedDict()
        self._strange: OrderedDict[Thread, None] = OrderedDict()

    async def deliver(self, incoming: Incoming) -> None:
        """Returns when Temporal has stored the message, or when it is not for the agent; raises when neither is sure.

        A mention comes as two events: the second waits for the first instead of sending it again. What slips through
        (a redelivery to another process) the conversation itself recognises.
        """
        if incoming.only_if_taking_part and not await self.takes_part(incoming.thread):
            return
        key = (incoming.thread.channel, incoming.message.ts)
        first = self._delivered.get(key)
        if first is not None:
            await asyncio.shield(first)
            return
        sending = asyncio.ensure_future(self._send(incoming))
        _remember(self._delivered, key, sending)
        try:
            await asyncio.shield(sending)
        except BaseException:
            self._delivered.pop(key, None)
            raise

    def has_delivered(self, incoming: Incoming) -> bool:
        """Whether this process remembers that Temporal has stored the message."""
        sent = self._delivered.get((incoming.thread.channel, incoming.message.ts))
        return sent is not None and sent.done() and not sent.cancelled() and sent.exception() is None

    async def takes_part(self, thread: Thread) -> bool:
        """Whether the agent has a conversation in this thread, open or closed, or has spoken in it before."""
        if await self._has_workflow(thread):
            return True
        if thread in self._strange:
            return False
        if await self._takes_part_in(thread):
            return True
        _remember(self._strange, thread, None)
        return False

    async def _send(self, incoming: Incoming) -> None:
        thread = incoming.thread
        await self._client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=thread),
            id=workflow_id(thread.team, thread.channel, thread.thread_ts),
            task_queue=self._task_queue,
            start_signal=USER_MESSAGE,
            start_signal_args=[incoming.message],
            rpc_timeout=HAND_OVER_TIMEOUT,
        )
        self._strange.pop(thread, None)
        logger.info("message stored", extra={"channel": thread.channel, "ts": incoming.message.ts})

    async def _has_workflow(self, thread: Thread) -> bool:
        handle = self._client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
        try:
            await handle.describe(rpc_timeout=HAND_OVER_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True


def _remember(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
