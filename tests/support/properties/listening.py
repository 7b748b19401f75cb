"""The bot between stand-ins that take what Slack and Temporal would, for as many examples as it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from slackbot.app import build_app
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.delivery import Conversations
from slackbot.listeners.buttons import Clicks
from slackbot.listeners.messages import Listeners
from slackbot.listeners.sessions import Sessions
from tests.support.properties.strategies import BOT

LONGEST_ID = 1_000  # bytes, in Temporal
LARGEST_PAYLOAD = 2 * 1024 * 1024  # bytes, in Temporal
BY_A_PERSON = {None, "file_share", "thread_broadcast", "me_message"}
thorough = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


class Temporal:
    """Stores what Temporal would, and refuses what it refuses; or is away."""

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

    def get_workflow_handle(self, workflow: str) -> Handle:
        return Handle(self, workflow)

    def check(self) -> None:
        if self.is_away:
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


@dataclass(frozen=True)
class Handle:
    """Every conversation is open already."""

    temporal: Temporal
    workflow: str

    async def describe(self, **_options: Any) -> None:
        self.temporal.check()

    async def signal(self, _name: str, content: Any, **_options: Any) -> None:
        await self.temporal.store(self.workflow, content)


async def nobody_takes_part(_thread: Thread) -> bool:
    raise AssertionError("the conversation is known to Temporal")


def conversations(temporal: Temporal) -> Conversations:
    return Conversations(cast("Client", temporal), "agent", nobody_takes_part)


def listeners(temporal: Temporal) -> Listeners:
    return Listeners(BOT, conversations(temporal), Gaps())


class Slack(AsyncWebClient):
    """Takes words to single people."""

    told = 0

    async def chat_postEphemeral(self, **_arguments: Any) -> Any:  # noqa: N802  the SDK's name
        self.told += 1


def app(temporal: Temporal, slack: Slack | None = None) -> AsyncApp:
    kept = conversations(temporal)
    parts = (Sessions(BOT, kept), Clicks(BOT, slack or Slack(), kept))
    return build_app(AsyncWebClient(), BOT, Listeners(BOT, kept, Gaps()), parts)


class Socket:
    """A connection to Slack on which nothing but acknowledgements is sent."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []

    async def send_json(self, frame: dict[str, Any]) -> None:
        self.acknowledged.append(frame["envelope_id"])


async def is_acknowledged(app: AsyncApp, body: dict[str, Any], kind: str = "events_api") -> bool:
    """Whether this payload is acknowledged when it comes through Socket Mode."""
    connection, socket = SocketMode(app, "xapp-1", lambda _since: None), Socket()
    connection._socket = cast("ClientWebSocketResponse", socket)
    await connection._handle({"envelope_id": "1", "type": kind, "payload": body})
    return socket.acknowledged == ["1"]


def could_be_written_by_a_person(event: object) -> bool:
    """The same decision in other words: who wrote it, where and when, all in the form that Slack gives them."""
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
