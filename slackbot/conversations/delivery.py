"""The Temporal side of the bot: hand messages and clicks to conversations, and know where the agent takes part."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from functools import partial

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import MessageChange, Start, StopRequest, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, MEMO_USER, MESSAGE_CHANGED, STOP, USER_MESSAGE, workflow_id
from slackbot.conversations.deduplication import Once
from slackbot.conversations.signals import signal_if_running
from slackbot.events.messages import Incoming

# Slack waits 3 s for the acknowledgement; what takes longer is redelivered.
HAND_OVER_TIMEOUT = timedelta(seconds=2.5)
REMEMBERED = 10_000
logger = logging.getLogger(__name__)

TakesPartIn = Callable[[Thread], Awaitable[bool]]


class Conversations:
    """Delivers to workflows. `takes_part_in` looks into a Slack thread that Temporal does not know."""

    def __init__(self, client: Client, task_queue: str, takes_part_in: TakesPartIn) -> None:
        self._client = client
        self._task_queue = task_queue
        self._takes_part_in = takes_part_in
        self._delivered = Once()
        self._strange: OrderedDict[Thread, None] = OrderedDict()

    async def deliver(self, incoming: Incoming) -> None:
        """Returns when Temporal has stored the message, or when it is not for the agent; raises when neither is sure.

        A mention comes as two events: the second waits for the first instead of sending it again, unless it alone has
        the files. What slips through (a redelivery to another process) the conversation itself recognises.
        """
        if not incoming.says_stop and incoming.only_if_taking_part and not await self.takes_part(incoming.thread):
            return
        await self._delivered.do(self._key(incoming), partial(self._hand_over, incoming))

    def has_delivered(self, incoming: Incoming) -> bool:
        """Whether this process remembers that Temporal has stored the message."""
        return self._delivered.is_done(self._key(incoming))

    async def takes_part(self, thread: Thread) -> bool:
        """Whether the agent has a conversation in this thread, open or closed, or has spoken in it before."""
        if await self._has_workflow(thread):
            return True
        if thread in self._strange:
            return False
        if await self._takes_part_in(thread):
            return True
        self._strange[thread] = None
        while len(self._strange) > REMEMBERED:
            self._strange.popitem(last=False)
        return False

    async def change(self, thread: Thread, change: MessageChange) -> None:
        """Tells an open conversation of it; not before the message itself is there, if that is under way."""
        for has_files in (False, True):
            await self._delivered.settled((thread.channel, change.ts, has_files))
        if await self.tell(thread, MESSAGE_CHANGED, change):
            logger.info("change stored", extra={"channel": thread.channel, "ts": change.ts})

    async def tell(self, thread: Thread, signal: str, content: BaseModel) -> bool:
        """Whether a conversation is open in the thread; then Temporal has stored it. Raises while Temporal is away."""
        return await signal_if_running(self._client, thread, signal, content, HAND_OVER_TIMEOUT)

    async def tell_in_any_case(self, thread: Thread, signal: str, content: BaseModel) -> None:
        """The same, to a conversation that may be closed: it is opened for it. It is nobody's own by that."""
        await self._start(thread, signal, content)

    async def _hand_over(self, incoming: Incoming) -> None:
        thread, message = incoming.thread, incoming.message
        if incoming.says_stop:
            request = StopRequest(at=message.ts, user=message.user, said=message.ts, addressed=message.addressed)
            if await self.tell(thread, STOP, request) or not message.addressed:
                return
        await self._start(thread, USER_MESSAGE, message, memo={MEMO_USER: message.user})
        self._strange.pop(thread, None)
        logger.info("message stored", extra={"channel": thread.channel, "ts": message.ts})

    async def _start(self, thread: Thread, signal: str, content: BaseModel, memo: dict[str, str] | None = None) -> None:
        await self._client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=thread),
            id=workflow_id(thread.team, thread.channel, thread.thread_ts),
            task_queue=self._task_queue,
            start_signal=signal,
            start_signal_args=[content],
            memo=memo,
            rpc_timeout=HAND_OVER_TIMEOUT,
        )

    def _key(self, incoming: Incoming) -> Hashable:
        """A message without its files is done when it was delivered with them; not the other way round."""
        place = (incoming.thread.channel, incoming.message.ts)
        with_files = (*place, True)
        return with_files if incoming.message.files or with_files in self._delivered else (*place, False)

    async def _has_workflow(self, thread: Thread) -> bool:
        handle = self._client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
        try:
            await handle.describe(rpc_timeout=HAND_OVER_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
