"""The bot between a local Slack and a real Temporal without a worker: what people do, and which signals are stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from pydantic import BaseModel, HttpUrl, SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import (
    Feedback,
    MessageChange,
    Renamed,
    SaidToOthers,
    StopRequest,
    Thread,
    TryAgain,
    UserMessage,
)
from agent_worker.contract.names import (
    FEEDBACK,
    MESSAGE_CHANGED,
    RENAMED,
    SAID_TO_OTHERS,
    STOP,
    TRY_AGAIN,
    USER_MESSAGE,
    workflow_id,
)
from emulators.slack.emulator import SlackEmulator
from process import temporal
from process.slack import Identity, open_client
from slackbot.app import Listener, build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.participation import Participation
from slackbot.conversations.recent import RecentConversations
from slackbot.listeners.agent_sessions import AgentSessions
from slackbot.listeners.buttons import STORE_TIMEOUT, Buttons
from slackbot.listeners.messages import MessageListener

SIGNALS: dict[str, type[BaseModel]] = {
    USER_MESSAGE: UserMessage,
    MESSAGE_CHANGED: MessageChange,
    STOP: StopRequest,
    FEEDBACK: Feedback,
    TRY_AGAIN: TryAgain,
    RENAMED: Renamed,
    SAID_TO_OTHERS: SaidToOthers,
}


class Line:
    """In place of Temporal's client: passes calls on to it, unless the test has cut or blocked the line."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.is_dead = False
        self.refused = 0
        self.passable = asyncio.Event()  # while it is not set, calls wait for ever
        self.passable.set()

    async def start_workflow(self, *args: Any, **options: Any) -> Any:
        await self._pass()
        return await self._client.start_workflow(*args, **options)

    def get_workflow_handle(self, workflow: str) -> Any:
        return _Handle(self._client.get_workflow_handle(workflow), self._pass)

    async def _pass(self) -> None:
        await self.passable.wait()
        if self.is_dead:
            self.refused += 1
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


@dataclass
class _Handle:
    handle: WorkflowHandle[Any, Any]
    may_pass: Callable[[], Awaitable[None]]

    async def signal(self, *args: Any, **options: Any) -> None:
        await self.may_pass()
        await self.handle.signal(*args, **options)

    async def describe(self, **options: Any) -> Any:
        await self.may_pass()
        return await self.handle.describe(**options)

    async def query(self, *args: Any, **options: Any) -> Any:
        await self.may_pass()
        return await self.handle.query(*args, **options)

    async def execute_update(self, *args: Any, **options: Any) -> Any:
        await self.may_pass()
        return await self.handle.execute_update(*args, **options)


@dataclass
class SignalStage:
    """Anna and Ben in #general, and the bot connected."""

    slack: SlackEmulator
    client: Client
    line: Line
    gaps: Gaps
    anna: str
    ben: str
    channel: str

    @property
    def at_bot(self) -> str:
        return f"<@{self.slack.bot_user_id}>"

    async def heard(self) -> None:
        """Returns once the bot has acknowledged every event."""
        await self.slack.until(lambda: all(delivery.acked for delivery in self.slack.deliveries))

    async def ask(self, text: str = "hello", **options: Any) -> str:
        """Anna mentions the bot in the channel; returns the message's `ts` once it is acknowledged."""
        ts = self.slack.say(self.anna, self.channel, f"{self.at_bot} {text}", **options)
        await self.heard()
        return ts

    async def reply(self, thread_ts: str, text: str, user: str = "", channel: str = "", **options: Any) -> str:
        ts = self.slack.say(user or self.anna, channel or self.channel, text, thread_ts=thread_ts, **options)
        await self.heard()
        return ts

    async def post(self, thread_ts: str, blocks: Sequence[dict[str, Any]], channel: str = "") -> str:
        """The agent posts a message in a thread; returns its `ts`."""
        async with open_client(HttpUrl(self.slack.api_url), SecretStr(self.slack.bot_token)) as web:
            posted = await web.chat_postMessage(
                channel=channel or self.channel, thread_ts=thread_ts, text="posted", blocks=list(blocks)
            )
        await self.heard()
        return str(posted["ts"])

    def thread(self, thread_ts: str, channel: str = "") -> Thread:
        return Thread(team=self.slack.team_id, channel=channel or self.channel, thread_ts=thread_ts)

    def conversation(self, thread_ts: str, channel: str = "") -> WorkflowHandle[Any, Any]:
        place = self.thread(thread_ts, channel)
        return self.client.get_workflow_handle(workflow_id(place.team, place.channel, place.thread_ts))

    async def close(self, thread_ts: str) -> None:
        """Ends the conversation, in place of the long silence that would close it."""
        await self.conversation(thread_ts).terminate()

    async def stored(self, thread_ts: str, channel: str = "") -> list[BaseModel]:
        """The contents of the signals to the conversation's newest run, in order; none if there is no conversation."""
        try:
            events = (await self.conversation(thread_ts, channel).fetch_history()).events
        except RPCError:
            return []
        signals = [
            event.workflow_execution_signaled_event_attributes
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]
        return [(await DATA_CONVERTER.decode(one.input.payloads, [SIGNALS[one.signal_name]]))[0] for one in signals]

    async def messages(self, thread_ts: str, channel: str = "") -> list[UserMessage]:
        return [one for one in await self.stored(thread_ts, channel) if isinstance(one, UserMessage)]


@asynccontextmanager
async def signal_stage(
    temporal_address: str, *, timeout: float = STORE_TIMEOUT, **profile: Any
) -> AsyncIterator[SignalStage]:
    """`timeout` (seconds) is how long a button waits for Temporal; `profile` changes what this Slack is like."""
    client = await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)
    line, gaps = Line(client), Gaps()
    async with SlackEmulator(**profile) as slack, open_client(HttpUrl(slack.api_url), None) as tokenless:
        anna, ben = slack.add_user("anna"), slack.add_user("ben")
        stage = SignalStage(slack, client, line, gaps, anna, ben, slack.add_channel("general", members=[anna, ben]))
        async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as web:
            bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
            queue = f"queue-{uuid4().hex[:8]}"
            recent = RecentConversations(client, queue, bot.team_id)
            conversations = Conversations(cast("Client", line), queue, Participation(web, bot).takes_part_in, recent)
            listeners: list[Listener] = [
                MessageListener(bot, conversations, gaps),
                AgentSessions(bot, web, conversations),
                Buttons(bot, web, conversations, timeout=timeout),
            ]
            app = build_app(tokenless, bot, listeners)
            async with SocketMode(app, slack.app_token, gaps.open):
                yield stage
