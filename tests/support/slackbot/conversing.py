"""Conversations handed over to a real Temporal, on a line that fails when it is told to."""

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
from slackbot.conversations.delivery import Conversations
from slackbot.events.messages import Incoming


class Unreachable:
    """A conversation that Temporal does not tell about."""

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status

    async def describe(self, *, rpc_timeout: Any) -> None:
        raise RPCError(self._status.name, self._status, b"")


class FlakyTemporal:
    """The real client behind a line that fails when it is told to, before or after Temporal has heard."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.failures: list[str] = []  # "before" or "after", of the next hand-overs
        self.finds: RPCStatusCode | None = None  # instead of the conversation
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
    """The threads in which the agent has spoken, as Slack would tell; notes what it was asked."""

    spoken: set[str] = field(default_factory=set)
    asked: list[Thread] = field(default_factory=list)
    away: bool = False

    async def takes_part_in(self, thread: Thread) -> bool:
        self.asked.append(thread)
        if self.away:
            raise TimeoutError
        return thread.channel in self.spoken


@dataclass
class Stage:
    client: Client
    temporal: FlakyTemporal
    threads: Threads
    conversations: Conversations
    channel: str = field(default_factory=lambda: f"C{uuid4().hex[:8]}")

    def thread(self, thread_ts: str = "1.0") -> Thread:
        return Thread(team="T1", channel=self.channel, thread_ts=thread_ts)

    def incoming(
        self, ts: str, *, thread_ts: str = "1.0", only_if_taking_part: bool = False, files: Sequence[SlackFile] = ()
    ) -> Incoming:
        message = UserMessage(ts=ts, user="U1", text="hello", files=list(files))
        return Incoming(self.thread(thread_ts), message, only_if_taking_part)

    async def signals(self, thread_ts: str = "1.0") -> list[str]:
        """The `ts` of the messages that the thread's conversation was given, in the order of its history."""
        handle = self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts))
        events = (await handle.fetch_history()).events
        inputs = [
            event.workflow_execution_signaled_event_attributes.input.payloads
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]
        return [(await DATA_CONVERTER.decode(payloads))[0]["ts"] for payloads in inputs]

    async def is_known(self, thread_ts: str = "1.0") -> bool:
        try:
            await self.client.get_workflow_handle(workflow_id("T1", self.channel, thread_ts)).describe()
        except RPCError:
            return False
        return True


async def conversing(temporal_address: str) -> Stage:
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    flaky, threads = FlakyTemporal(client), Threads()
    conversations = Conversations(cast("Client", flaky), f"queue-{uuid4().hex[:8]}", threads.takes_part_in)
    return Stage(client, flaky, threads, conversations)
