"""Promises of the bot about events of any shape: none stops it, none is redelivered for ever, none is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import pytest
from aiohttp import ClientWebSocketResponse
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract import DATA_CONVERTER, Start, Thread, UserMessage, workflow_id
from slackbot.app import build_app
from slackbot.conversations import Conversations
from slackbot.events import Ignored, Incoming, read
from slackbot.gaps import Gaps
from slackbot.listeners import Listeners
from slackbot.socket_mode import SocketMode
from tests.properties.strategies import BODY, BOT, EVENTS, NOT_READ, PERSON, bodies, spoilt

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
        payloads = await DATA_CONVERTER.encode([start, *options["start_signal_args"]])
        await self.describe()
        if len(options["id"].encode()) > LONGEST_ID or any(one.ByteSize() > LARGEST_PAYLOAD for one in payloads):
            raise RPCError("exceeds limit", RPCStatusCode.INVALID_ARGUMENT, b"")
        self.stored.append(options["id"])

    def get_workflow_handle(self, _workflow: str) -> Temporal:
        return self

    async def describe(self, **_options: Any) -> None:
        """Every conversation is there already."""
        if self.is_away:
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


async def nobody_takes_part(_thread: Thread) -> bool:
    raise AssertionError("the conversation is known to Temporal")


def listeners(temporal: Temporal) -> Listeners:
    conversations = Conversations(cast("Client", temporal), "agent", nobody_takes_part)
    return Listeners(BOT, conversations, Gaps())


class Socket:
    """A connection to Slack on which nothing but acknowledgements is sent."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []

    async def send_json(self, frame: dict[str, Any]) -> None:
        self.acknowledged.append(frame["envelope_id"])


async def is_acknowledged(app: AsyncApp, body: dict[str, Any]) -> bool:
    """Whether this payload is acknowledged when it comes through Socket Mode."""
    connection, socket = SocketMode(app, "xapp-1", lambda _since: None), Socket()
    connection._socket = cast("ClientWebSocketResponse", socket)
    await connection._handle({"envelope_id": "1", "type": "events_api", "payload": body})
    return socket.acknowledged == ["1"]


@pytest.mark.parametrize(
    ("thread_id", "text", "is_away"),
    [("C" * 1_001, "a", False), ("C1", "a" * LARGEST_PAYLOAD, False), ("C1", "a", True)],
)
async def test_the_stand_in_for_temporal_refuses_what_temporal_does(thread_id: str, text: str, is_away: bool) -> None:  # noqa: FBT001
    temporal = Temporal()
    temporal.is_away = is_away
    start = Start(thread=Thread(team="T1", channel="C1", thread_ts="1.0"))
    message = UserMessage(ts="1.0", user="U1", text=text)

    with pytest.raises(RPCError):
        await temporal.start_workflow("AgentWorkflow", start, id=thread_id, start_signal_args=[message])

    assert temporal.stored == []


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


@given(bodies())
@example({"event": None})
@example({"event": [PERSON]})
@example({"event": PERSON, "authorizations": {"0": None}})
@example({"event": PERSON, "authorizations": [None]})
@example({"event": {**PERSON, "subtype": ["bot_message"]}})
@example({"event": {**PERSON, "files": [None, {"name": 5}]}})
@example({"event": {**PERSON, "text": {"text": "<@UBOT>"}}})
@example({"event": {**PERSON, "user": ["U1"]}})
@thorough
def test_an_event_of_any_shape_is_decided_and_only_a_persons_message_is_heard(body: dict[str, Any]) -> None:
    decision = read(body, BOT)

    if isinstance(decision, Incoming):
        assert could_be_written_by_a_person(body.get("event"))
    else:
        assert isinstance(decision, Ignored)
        assert decision.reason


@pytest.mark.parametrize("event", EVENTS)
def test_the_events_that_are_spoilt_here_are_heard_when_they_are_whole(event: dict[str, Any]) -> None:
    assert isinstance(read({**BODY, "event": event}, BOT), Incoming)


@given(st.sampled_from(EVENTS), st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_nobody_reads_decides_nothing(event: dict[str, Any], data: st.DataObject) -> None:
    strange = data.draw(spoilt(event, NOT_READ))

    assert read({**BODY, "event": strange}, BOT) == read({**BODY, "event": event}, BOT)


@given(bodies())
@example({**BODY, "event": {**PERSON, "text": "<@UBOT> \ud83d"}})
@example({**BODY, "event": {**PERSON, "text": "<@UBOT> \x00"}})
@example({**BODY, "event": {**PERSON, "channel": "C" * 2_000}})
@example({**BODY, "event": {**PERSON, "files": [{"name": "x" * 200}] * 12_000}})
@example({"event": PERSON, "team_id": "T" * 2_000})
@thorough
async def test_whatever_is_heard_can_be_stored_and_read_again(body: dict[str, Any]) -> None:
    decision = read(body, BOT)
    assume(isinstance(decision, Incoming))
    assert isinstance(decision, Incoming)

    payloads = await DATA_CONVERTER.encode([Start(thread=decision.thread), decision.message])
    start, message = await DATA_CONVERTER.decode(payloads, [Start, UserMessage])

    assert (start.thread, message) == (decision.thread, decision.message)
    assert all(payload.ByteSize() <= LARGEST_PAYLOAD for payload in payloads)
    thread = decision.thread
    assert len(workflow_id(thread.team, thread.channel, thread.thread_ts).encode()) <= LONGEST_ID


@given(bodies())
@thorough
async def test_no_event_makes_a_listener_raise_while_temporal_takes_messages(body: dict[str, Any]) -> None:
    temporal = Temporal()

    await listeners(temporal).on_message(body)

    assert len(temporal.stored) == isinstance(read(body, BOT), Incoming)


@given(bodies())
@thorough
async def test_a_listener_raises_for_each_message_that_temporal_did_not_take(body: dict[str, Any]) -> None:
    temporal = Temporal()
    temporal.is_away = True
    assume(isinstance(read(body, BOT), Incoming))

    with pytest.raises(RPCError, match="not connected"):
        await listeners(temporal).on_message(body)


@given(bodies())
@example({**BODY, "event": {**PERSON, "text": ["<@UBOT>"]}})
@example({**BODY, "event": {**PERSON, "type": None}})
@example({**BODY, "event": {**PERSON, "type": ["message"]}})
@example({**BODY, "event": {**PERSON, "user": 5}})
@example({**BODY, "event": PERSON, "user": 5})
@example({**BODY, "event": PERSON, "authorizations": [None]})
@example({**BODY, "event": PERSON, "authorizations": {"0": "T1"}})
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_no_event_of_any_shape_is_delivered_again_and_again(body: dict[str, Any]) -> None:
    app = build_app(AsyncWebClient(), BOT, listeners(Temporal()))

    assert await is_acknowledged(app, body)


@given(st.builds(lambda event: {**BODY, "event": event}, st.sampled_from(EVENTS)))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_no_event_is_acknowledged_that_temporal_should_have_taken(body: dict[str, Any]) -> None:
    temporal = Temporal()
    temporal.is_away = True
    app = build_app(AsyncWebClient(), BOT, listeners(temporal))

    assert not await is_acknowledged(app, body)
