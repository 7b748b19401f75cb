"""The conversations as workflows in Temporal: hands messages, changes and clicks over to them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from functools import partial
from itertools import product
from operator import ge

from cachetools import LRUCache
from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import SaidToOthers, Start, StopRequest, Thread
from agent_worker.contract.names import (
    AGENT_WORKFLOW,
    MEMO_USER,
    MESSAGE_CHANGED,
    SAID_TO_OTHERS,
    STOP,
    USER_MESSAGE,
    workflow_id,
)
from slackbot.conversations.call_errors import may_pass
from slackbot.conversations.deduplication import Deduplicator
from slackbot.conversations.left_out import LeftOut
from slackbot.conversations.recent import RecentConversations
from slackbot.conversations.signals import signal_if_open
from slackbot.events.message_changes import IncomingChange
from slackbot.events.messages import IncomingMessage

# Slack waits 3 s for the acknowledgement, and sends the event again if it takes longer.
CALL_TIMEOUT = timedelta(seconds=2.5)
# Between a message and its deletion, by Slack's clock. An older message that arrives late is looked for by the worker.
YOUNG = timedelta(minutes=10)
NO_THREAD = Thread(team="", channel="", thread_ts="")
REMEMBERED = 10_000  # threads in which the agent does not take part; direct messages
NEWEST = 10  # threads of one person's direct messages, which Temporal may not list yet
logger = logging.getLogger(__name__)

TakesPartIn = Callable[[Thread], Awaitable[bool]]


class Conversations:
    """Signals the workflows. `takes_part_in` asks Slack about a thread that Temporal does not know.

    What Temporal refuses for good is left out, so that it stands in nobody's way, and `left_out` tells its author.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        takes_part_in: TakesPartIn,
        recent: RecentConversations,
        left_out: LeftOut | None = None,
    ) -> None:
        self._client = client
        self._left_out = left_out
        self._task_queue = task_queue
        self._takes_part_in = takes_part_in
        self._recent = recent
        self._direct: LRUCache[str, deque[Thread]] = LRUCache(REMEMBERED)  # by channel: its newest threads
        self._handed_over = Deduplicator()
        self._telling: dict[Thread, asyncio.Future[bool]] = {}  # the newest `hand_over_to_others` of each thread
        self._of_others: LRUCache[Thread, bool] = LRUCache(REMEMBERED)

    async def hand_over(self, incoming: IncomingMessage) -> None:
        """Returns once Temporal has stored or refused the message, or if it is not for the agent.

        Raises if none of these is certain; for a question in a form, which stays there, also if Temporal refuses it.

        A mention comes as two events: the second waits for the first and is not handed over, unless it alone has the
        files, or the permission to search. If Slack sends an event to another process again, the conversation itself
        drops the second copy.
        """
        if not incoming.says_stop and incoming.only_if_taking_part:
            await self._told(incoming.thread)
            if not await self.takes_part(incoming.thread):
                return
        for said in incoming.after:
            await self.hand_over_to_others(incoming.thread, said)
        await self._handed_over.do(self._key(incoming), partial(self._store_or_leave_out, incoming))

    def has_handed_over(self, incoming: IncomingMessage) -> bool:
        """Whether this process remembers that Temporal has stored the message."""
        return self._handed_over.is_done(self._key(incoming))

    async def takes_part(self, thread: Thread) -> bool:
        """Whether the agent has a conversation in this thread, open or closed, or has written in it before.

        Raises if Temporal or Slack cannot be asked.
        """
        if await self._has_workflow(thread):
            return True
        if thread in self._of_others:
            return False
        if await self._takes_part_in(thread):
            return True
        self._of_others[thread] = True
        return False

    async def hand_over_change(self, incoming: IncomingChange) -> None:
        """Signals the change to an open conversation, after the message itself if that is just being handed over.

        A deletion that may be faster than its message begins a conversation: it remembers the deletion for a while.
        """
        thread, change = incoming.thread, incoming.change
        for kind in product((False, True), repeat=3):  # as in `_key`
            await self._handed_over.settled((thread.channel, change.ts, *kind))
        facts = {"channel": thread.channel, "ts": change.ts}
        try:
            if await self.signal_if_open(thread, MESSAGE_CHANGED, change):
                logger.info("change stored", extra=facts)
            elif change.deleted and await self._may_arrive(incoming):
                await self.signal(thread, MESSAGE_CHANGED, change)
                logger.info("deletion remembered", extra=facts)
        except Exception as error:
            if may_pass(error):
                raise
            logger.warning("change left out", extra=facts | {"reason": type(error).__name__})
            await self._tell_left_out(change.user, thread, change.ts)
            if not change.deleted:  # the new words cannot be stored, but the old ones are taken back
                await self.hand_over_change(IncomingChange(thread, change.as_deletion))

    async def _may_arrive(self, incoming: IncomingChange) -> bool:
        """Whether the deleted message was for the agent, and was so young that it may still be on its way."""
        asked, change = incoming.asked, incoming.change
        if asked is None or float(change.at) - float(change.ts) > YOUNG.total_seconds():
            return False
        return not self.has_handed_over(asked) and (
            not asked.only_if_taking_part or await self.takes_part(asked.thread)
        )

    async def reach_temporal(self) -> None:
        """Raises RPCError while Temporal is away."""
        await self._has_workflow(NO_THREAD)

    async def hand_over_to_others(self, thread: Thread, said: SaidToOthers) -> None:
        """Tells an open conversation that people talk with somebody else. Raises RPCError if unsure."""
        telling = asyncio.ensure_future(self.signal_if_open(thread, SAID_TO_OTHERS, said))
        self._telling[thread] = telling
        try:
            await asyncio.shield(telling)
        finally:
            if self._telling.get(thread) is telling:
                del self._telling[thread]

    async def _told(self, thread: Thread) -> None:
        """Returns once the conversation has been told of what came before, so that it hears a reply after that."""
        if telling := self._telling.get(thread):
            await asyncio.wait([telling])

    async def signal_if_open(self, thread: Thread, signal: str, content: BaseModel) -> bool:
        """Whether a conversation is open and Temporal has stored the signal for it. Raises RPCError if unsure."""
        return await signal_if_open(self._client, thread, signal, content, CALL_TIMEOUT)

    async def signal(self, thread: Thread, signal: str, content: BaseModel, memo: dict[str, str] | None = None) -> None:
        """Returns once Temporal has stored the signal. Starts the conversation if it was closed, with this memo.

        Without a memo that names a user, the new run belongs to nobody. Raises RPCError if Temporal may not have it.
        """
        await self._client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=thread),
            id=workflow_id(thread.team, thread.channel, thread.thread_ts),
            task_queue=self._task_queue,
            start_signal=signal,
            start_signal_args=[content],
            memo=memo,
            rpc_timeout=CALL_TIMEOUT,
        )

    async def _stop_all(self, incoming: IncomingMessage) -> None:
        """Stops what runs in a person's direct messages. If nothing does, the person is told so below the message.

        One conversation tells: the only one that seemed to run, as its answer may be on its way already, or a new one.
        """
        thread, message = incoming.thread, incoming.message
        working = await self._recent.at_work(message.user, thread.channel, self._direct.get(thread.channel, ()))
        request = StopRequest(at=message.ts, user=message.user, team=message.team)
        said = request.model_copy(update={"said": message.ts, "thread_ts": thread.thread_ts})
        told = said if len(working) == 1 else request
        stopped = [await self.signal_if_open(one, STOP, told) for one in working]
        if not any(stopped):
            await self.signal(thread, STOP, said, memo={MEMO_USER: message.user})

    async def _store_or_leave_out(self, incoming: IncomingMessage) -> None:
        thread, message = incoming.thread, incoming.message
        try:
            await self._store(incoming)
        except Exception as error:
            if may_pass(error) or message.unseen:
                raise
            facts = {"channel": thread.channel, "ts": message.ts, "reason": type(error).__name__}
            logger.warning("message left out", extra=facts)
            if message.addressed:
                await self._tell_left_out(message.user, thread, message.ts)

    async def _tell_left_out(self, user: str, thread: Thread, ts: str) -> None:
        if self._left_out is not None:
            await self._left_out.tell(user, thread, ts)

    async def _store(self, incoming: IncomingMessage) -> None:
        thread, message = incoming.thread, incoming.message
        if incoming.stops_all:
            await self._stop_all(incoming)
            return
        if incoming.says_stop:
            who = {name: getattr(message, name) for name in ("user", "team", "from_app", "addressed")}
            said = "" if message.addressed_at else message.ts  # the conversation knows what was said before the edit
            request = StopRequest(at=message.addressed_at or message.ts, said=said, **who)
            if await self.signal_if_open(thread, STOP, request) or not message.addressed:
                return
        await self.signal(thread, USER_MESSAGE, message, memo={MEMO_USER: message.user})
        self._of_others.pop(thread, None)
        if message.direct:
            self._direct.setdefault(thread.channel, deque(maxlen=NEWEST)).append(thread)
        logger.info("message stored", extra={"channel": thread.channel, "ts": message.ts})

    def _key(self, incoming: IncomingMessage) -> Hashable:
        """The same for two events of one message. After the one that brings more, the other one counts as done, too.

        Another one if an edit addresses the message to the agent.
        """
        message = incoming.message
        place = (incoming.thread.channel, message.ts, message.addressed)
        brings = (bool(message.files), bool(message.action_token))
        as_much = [one for one in product((False, True), repeat=2) if all(map(ge, one, brings))]
        known = [(*place, *one) for one in as_much if (*place, *one) in self._handed_over]
        return known[0] if known else (*place, *brings)

    async def _has_workflow(self, thread: Thread) -> bool:
        handle = self._client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
        try:
            await handle.describe(rpc_timeout=CALL_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
