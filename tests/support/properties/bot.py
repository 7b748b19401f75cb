"""The bot between stand-ins for Slack and Temporal, fast enough for hundreds of examples."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import ClientWebSocketResponse
from hypothesis import HealthCheck, settings
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread
from slackbot.app import Listener, build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.recent import RecentConversations
from slackbot.listeners.agent_sessions import AgentSessions
from slackbot.listeners.buttons import Buttons
from slackbot.listeners.messages import MessageListener
from tests.support.examples import examples
from tests.support.properties.strategies import BOT

LONGEST_ID = 1_000  # bytes, in Temporal
LARGEST_PAYLOAD = 2 * 1024 * 1024  # bytes, in Temporal
BY_A_PERSON = {None, "file_share", "thread_broadcast", "me_message"}
thorough = settings(
    max_examples=examples(300), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Temporal:
    """Stores and refuses what Temporal would; `is_away` makes every call fail."""

    def __init__(self) -> None:
        self.is_away = False
        self.stored: list[str] = []

    async def start_workflow(self, _workflow: str, start: Start, **options: Any) -> None:
        await self.store(options["id"], start, *options["start_signal_args"])

    async def store(self, workflow: str, *contents: Any) -> None:
        payloads = await DATA_CONVERTER.encode(contents)
        self.check()
        if len(workflow.encode()) > LONGEST_ID or any(one.ByteSize() > LARGEST_PAYLOAD for one in payloads):
            raise RPCError("exceeds limit", RPCStatusCode.INVALID_ARGUMENT, b"")
        self.stored.append(workflow)

    async def list_workflows(self, *_: Any, **_options: Any) -> AsyncIterator[Any]:
        self.check()
        none: list[Any] = []
        for workflow in none:
            yield workflow

    def get_workflow_handle(self, workflow: str) -> Handle:
        return Handle(self, workflow)

    def check(self) -> None:
        if self.is_away:
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


@dataclass(frozen=True)
class Handle:
    """The handle of a conversation; every conversation is already open."""

    temporal: Temporal
    workflow: str

    async def describe(self, **_options: Any) -> None:
        self.temporal.check()

    async def signal(self, _name: str, content: Any, **_options: Any) -> None:
        await self.temporal.store(self.workflow, content)


async def nobody_takes_part(_thread: Thread) -> bool:
    raise AssertionError("the conversation is known to Temporal")


def conversations(temporal: Temporal) -> Conversations:
    client = cast("Client", temporal)
    return Conversations(client, "agent", nobody_takes_part, RecentConversations(client, "agent", BOT.team_id))


def message_listener(temporal: Temporal) -> MessageListener:
    return MessageListener(BOT, conversations(temporal), Gaps())


class Slack(AsyncWebClient):
    """Counts the messages to a single person."""

    told = 0

    async def chat_postEphemeral(self, **_arguments: Any) -> Any:  # noqa: N802  the SDK's name
        self.told += 1

    async def agents_sessions_setStatus(self, **_arguments: Any) -> Any:  # noqa: N802  the SDK's name
        """Nothing is shown."""


def app(temporal: Temporal, slack: Slack | None = None) -> AsyncApp:
    kept = conversations(temporal)
    listeners: list[Listener] = [
        MessageListener(BOT, kept, Gaps()),
        AgentSessions(BOT, slack or Slack(), kept),
        Buttons(BOT, slack or Slack(), kept),
    ]
    return build_app(AsyncWebClient(), BOT, listeners)


class Socket:
    """A connection to Slack that notes the acknowledgements."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []

    async def send_json(self, frame: dict[str, Any]) -> None:
        self.acknowledged.append(frame["envelope_id"])


async def is_acknowledged(app: AsyncApp, body: dict[str, Any], kind: str = "events_api") -> bool:
    """Whether the bot acknowledges this payload when it comes through Socket Mode."""
    connection, socket = SocketMode(app, "xapp-1", lambda _since: None), Socket()
    connection._socket = cast("ClientWebSocketResponse", socket)
    await connection._handle({"envelope_id": "1", "type": kind, "payload": body})
    return socket.acknowledged == ["1"]


def could_be_written_by_a_person(event: object) -> bool:
    """The bot's decision, written a second time: a person wrote it, and all ids have the form that Slack gives them."""
    if not isinstance(event, Mapping) or event.get("bot_id"):
        return False
    subtype, text = event.get("subtype"), event.get("text")
    if not isinstance(subtype, str | None) or subtype not in BY_A_PERSON or not isinstance(text, str | None):
        return False
    user, thread_ts = event.get("user"), event.get("thread_ts")
    forms = [(user, r"[UW][A-Z0-9]+"), (event.get("channel"), r"[CDG][A-Z0-9]+"), (event.get("ts"), r"\d+\.\d+")]
    if not all(isinstance(value, str) and re.fullmatch(form, value, re.ASCII) for value, form in forms):
        return False
    is_thread = not thread_ts or (isinstance(thread_ts, str) and bool(re.fullmatch(r"\d+\.\d+", thread_ts, re.ASCII)))
    return is_thread and user != BOT.bot_user_id and not str(user).startswith("USLACK")
