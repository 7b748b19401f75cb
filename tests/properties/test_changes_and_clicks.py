"""Promises about changes and clicks of any shape: none stops the bot, none is sent again for ever, none is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange
from slackbot.events.message_changes import IncomingChange
from slackbot.events.message_changes import read as read_change
from slackbot.listeners.buttons import read as read_click
from tests.support.examples import examples
from tests.support.properties.bot import (
    LARGEST_PAYLOAD,
    Slack,
    Temporal,
    app,
    could_be_written_by_a_person,
    is_acknowledged,
    thorough,
)
from tests.support.properties.strategies import BODY, BOT, CHANGES, CLICK, PRESSES, bodies, changes, clicks

# Changes


@given(bodies(changes()))
@example({**BODY, "event": {**CHANGES[0], "message": None}})
@example({**BODY, "event": {**CHANGES[0], "previous_message": ["hello"]}})
@example({**BODY, "event": {**CHANGES[0], "event_ts": None, "ts": None}})
@example({**BODY, "event": {**CHANGES[1], "subtype": ["message_deleted"]}})
@thorough
def test_a_change_of_any_shape_is_decided_and_only_a_persons_is_one(body: dict[str, Any]) -> None:
    decision = read_change(body, BOT)

    if isinstance(decision, IncomingChange):
        event = body["event"]
        assert re.fullmatch(r"\d+\.\d+", decision.change.ts, re.ASCII)
        if not decision.change.deleted:  # whoever wrote it, what was deleted is taken back
            assert could_be_written_by_a_person({**event["message"], "channel": event["channel"]})
    else:
        assert decision.reason


@pytest.mark.parametrize("event", CHANGES)
def test_the_changes_are_read_before_they_are_spoilt(event: dict[str, Any]) -> None:
    assert isinstance(read_change({**BODY, "event": event}, BOT), IncomingChange)


@given(bodies(changes()))
@thorough
async def test_any_change_can_be_stored_and_read_again(body: dict[str, Any]) -> None:
    decision = read_change(body, BOT)
    assume(isinstance(decision, IncomingChange))
    assert isinstance(decision, IncomingChange)

    payloads = await DATA_CONVERTER.encode([decision.change])

    assert await DATA_CONVERTER.decode(payloads, [MessageChange]) == [decision.change]
    assert payloads[0].ByteSize() <= LARGEST_PAYLOAD


# Clicks


@given(clicks())
@example({**CLICK, "actions": []})
@example({**CLICK, "actions": [None]})
@example({**CLICK, "actions": {"0": PRESSES[0]}})
@example({**CLICK, "actions": [{**PRESSES[0], "action_id": 5}]})
@example({**CLICK, "message": [CLICK["message"]]})
@example({**CLICK, "user": "U1"})
@example({**CLICK, "channel": None})
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_a_click_of_any_shape_is_acknowledged_and_stored_if_it_is_one(body: dict[str, Any]) -> None:
    temporal = Temporal()

    assert await is_acknowledged(app(temporal), body, "interactive")
    assert len(temporal.stored) == (read_click(body, BOT) is not None)


@pytest.mark.parametrize("press", PRESSES)
async def test_the_clicks_are_stored_before_they_are_spoilt_or_the_person_is_told(
    press: dict[str, Any],
) -> None:
    temporal, slack = Temporal(), Slack()
    body = {**CLICK, "actions": [press]}

    assert await is_acknowledged(app(temporal, slack), body, "interactive")
    assert (len(temporal.stored), slack.told) == (1, 0)

    temporal.is_away = True
    assert await is_acknowledged(app(temporal, slack), body, "interactive")
    assert (len(temporal.stored), slack.told) == (1, 1)
