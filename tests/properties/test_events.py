"""Promises about events of any shape: none stops the bot, none is sent again for ever, and no message is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from temporalio.service import RPCError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread, UserMessage
from agent_worker.contract.names import workflow_id
from slackbot.events.messages import Ignored, IncomingMessage, read
from tests.support.examples import examples
from tests.support.properties.bot import (
    LARGEST_PAYLOAD,
    LONGEST_ID,
    Temporal,
    app,
    could_be_written_by_a_person,
    is_acknowledged,
    message_listener,
    thorough,
)
from tests.support.properties.strategies import (
    BODY,
    BOT,
    CHANGES,
    EVENTS,
    NOT_READ,
    PERSON,
    SESSIONS,
    bodies,
    changes,
    nested,
    sessions,
    spoilt,
)


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
def test_an_event_of_any_shape_is_decided_and_only_a_persons_message_is_one(body: dict[str, Any]) -> None:
    decision = read(body, BOT)

    if isinstance(decision, IncomingMessage):
        assert could_be_written_by_a_person(body.get("event"))
    else:
        assert isinstance(decision, Ignored)
        assert decision.reason


@pytest.mark.parametrize("event", EVENTS)
def test_the_events_are_messages_for_the_agent_before_they_are_spoilt(event: dict[str, Any]) -> None:
    assert isinstance(read({**BODY, "event": event}, BOT), IncomingMessage)


@given(st.sampled_from(EVENTS), st.data())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_fields_that_the_bot_does_not_read_change_nothing(event: dict[str, Any], data: st.DataObject) -> None:
    strange = data.draw(spoilt(event, NOT_READ))

    assert read({**BODY, "event": strange}, BOT) == read({**BODY, "event": event}, BOT)


@given(bodies())
@example({**BODY, "event": {**PERSON, "text": "<@UBOT> \ud83d"}})
@example({**BODY, "event": {**PERSON, "text": "<@UBOT> \x00"}})
@example({**BODY, "event": {**PERSON, "channel": "C" * 2_000}})
@example({**BODY, "event": {**PERSON, "files": [{"name": "x" * 200}] * 12_000}})
@example({**BODY, "event": {**PERSON, "blocks": [{"type": "table", "rows": nested(200)}]}})
@example({**BODY, "event": {**PERSON, "attachments": [{"blocks": nested(400)}]}})
@example({"event": PERSON, "team_id": "T" * 2_000})
@thorough
async def test_any_message_can_be_stored_and_read_again(body: dict[str, Any]) -> None:
    decision = read(body, BOT)
    assume(isinstance(decision, IncomingMessage))
    assert isinstance(decision, IncomingMessage)

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

    await message_listener(temporal).on_message(body)

    assert len(temporal.stored) == isinstance(read(body, BOT), IncomingMessage)


@given(bodies())
@thorough
async def test_a_listener_raises_for_each_message_that_temporal_did_not_take(body: dict[str, Any]) -> None:
    temporal = Temporal()
    temporal.is_away = True
    assume(isinstance(read(body, BOT), IncomingMessage))

    with pytest.raises(RPCError, match="not connected"):
        await message_listener(temporal).on_message(body)


@given(bodies() | bodies(changes()) | bodies(sessions()))
@example({**BODY, "event": {**PERSON, "text": ["<@UBOT>"]}})
@example({**BODY, "event": {**PERSON, "type": None}})
@example({**BODY, "event": {**PERSON, "type": ["message"]}})
@example({**BODY, "event": {**PERSON, "user": 5}})
@example({**BODY, "event": PERSON, "user": 5})
@example({**BODY, "event": PERSON, "authorizations": [None]})
@example({**BODY, "event": PERSON, "authorizations": {"0": "T1"}})
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_an_event_of_any_shape_is_acknowledged(body: dict[str, Any]) -> None:
    assert await is_acknowledged(app(Temporal()), body)


@given(st.builds(lambda event: {**BODY, "event": event}, st.sampled_from(EVENTS + CHANGES + SESSIONS)))
@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_no_event_is_acknowledged_that_temporal_should_have_stored(body: dict[str, Any]) -> None:
    temporal = Temporal()
    temporal.is_away = True

    assert not await is_acknowledged(app(temporal), body)
