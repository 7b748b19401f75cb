"""Handing over to a real Temporal, through a client that fails when the test says so; no Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import SlackFile, Thread, UserMessage
from agent_worker.contract.names import workflow_id
from process import temporal
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.recent import RecentConversations
from slackbot.events.messages import IncomingMessage


class Unreachable:
    """The handle of a conversation about which Temporal returns an error."""

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status

    async def describe(self, *, rpc_timeout: Any) -> None:
        raise RPCError(self._status.name, self._status, b"")


class FlakyTemporal:
    """The real client, but its calls fail when the test says so: before or after Temporal has stored them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.failures: list[str] = []  # "before" or "after", for each of the next calls
        self.finds: RPCStatusCode | None = None  # the error that a handle raises, if any
        self.hand_overs = 0
        self.passable = asyncio.Event()
        self.passable.set()

    async def start_workflow(self, *args: Any, **options: Any) -> Any:
        self.hand_overs += 1
        await self.passable.wait()
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")
        handle = await self._client.start_workflow(*args, **options)
        if failure == "after":
            raise RPCError("Timeout expired", RPCStatusCode.DEADLINE_EXCEEDED, b"")
        return handle

    def get_workflow_handle(self, workflow: str) -> Any:
        return Unreachable(self.finds) if self.finds else self._client.get_workflow_handle(workflow)


@dataclass
class Threads:
    """In place of Slack: knows where the agent has written, and notes the threads it was asked about."""

    written_in: set[str] = field(default_factory=set)
    asked: list[Thread] = field(default_factory=list)
    away: bool = False

    async def takes_part_in(self, thread: Thread) -> bool:
        self.asked.append(thread)
        if self.away:
            raise TimeoutError
        return thread.channel in self.written_in


@dataclass
class HandOverStage:
    """`Conversations` between a real Temporal and the stand-ins, for one channel of the test's own."""

    client: Client
    temporal: FlakyTemporal
    threads: Threads
    recent: RecentConversations
    conversations: Conversations
    channel: str = field(default_factory=lambda: f"C{uuid4().hex[:8]}")

    def thread(self, thread_ts: str = "1.0") -> Thread:
        return Thread(team="T1", channel=self.channel, thread_ts=thread_ts)

    def incoming(
        self,
        ts: str,
        *,
        thread_ts: str = "1.0",
        only_if_taking_part: bool = False,
        files: Sequence[SlackFile] = (),
        action_token: str = "",
    ) -> IncomingMessage:
        message = UserMessage(ts=ts, user="U1", text="hello", files=list(files), action_token=action_token)
        return IncomingMessage(self.thread(thread_ts), message, only_if_taking_part)

    async def signals(self, thread_ts: str = "1.0") -> list[str]:
        """The `ts` in each signal that the thread's conversation has received, in their order."""
        handle = self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts))
        events = (await handle.fetch_history()).events
        inputs = [
            event.workflow_execution_signaled_event_attributes.input.payloads
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]
        return [(await DATA_CONVERTER.decode(payloads))[0]["ts"] for payloads in inputs]

    async def is_known(self, thread_ts: str = "1.0") -> bool:
        """Whether Temporal has a conversation for the thread."""
        try:
            await self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts)).describe()
        except RPCError:
            return False
        return True


async def hand_over_stage(temporal_address: str) -> HandOverStage:
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    flaky, threads = FlakyTemporal(client), Threads()
    queue = f"queue-{uuid4().hex[:8]}"
    recent = RecentConversations(client, queue, "T1")
    conversations = Conversations(cast("Client", flaky), queue, threads.takes_part_in, recent)
    return HandOverStage(client, flaky, threads, recent, conversations)
