"""Promises about what people look at: the agent is told with their direct messages, and of nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from slackbot.listeners.assistant_context import Attention, channel_in
from tests.support.slackbot.attending import Attending, attending, questions


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[Attending]:
    async with attending(temporal_address) as stage:
        yield stage


async def looked_at(stage: Attending, user: str, channel: str) -> str:
    """What the conversation is told that somebody looks at who writes there."""
    ts = await stage.say(user, channel=channel)
    (message,) = await questions(stage, ts, channel)
    return message.looking_at


async def test_a_direct_message_says_which_channel_its_author_has_open(stage: Attending) -> None:
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()

    assert await looked_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == stage.channel


async def test_it_is_nobody_elses_channel_and_not_that_of_before(stage: Attending) -> None:
    stage.slack.look_at(stage.anna, stage.channel)
    stage.slack.look_at(stage.anna, None)
    stage.slack.look_at(stage.ben, stage.channel)
    await stage.heard()

    assert await looked_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == ""


async def test_in_a_channel_it_is_nobodys_business(stage: Attending) -> None:
    stage.slack.look_at(stage.anna, stage.slack.add_channel("salaries", members=[stage.anna], is_private=True))
    await stage.heard()

    assert await looked_at(stage, stage.anna, stage.channel) == ""


async def test_the_model_is_told(stage: Attending) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()

    ts = await stage.say(stage.anna, "who writes here?", direct)
    await stage.answered(ts)

    (contents,) = stage.rehearsal.cast.read
    assert "has the channel" in contents[0]["parts"][0]["text"]
    assert stage.channel in contents[0]["parts"][0]["text"]


async def test_a_message_that_says_it_itself_counts_more_than_what_was_heard_before(stage: Attending) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna])
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()
    # its event gets lost, and only the message tells
    stage.slack._backend.app_context.look_at(stage.anna, other)

    assert await looked_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == other


async def test_opening_the_direct_messages_tells_it_too(stage: Attending) -> None:
    stage.slack._backend.app_context.look_at(stage.anna, stage.channel)
    stage.slack.open_app_home(stage.anna)
    await stage.heard()
    stage.slack._backend.app_context.look_at(stage.anna, None)  # the message does not say anything

    assert await looked_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == stage.channel


def entity(value: Any) -> dict[str, Any]:
    return {"entities": [{"type": "slack#/types/channel_id", "value": value, "team_id": "T1"}]}


@pytest.mark.parametrize(
    ("context", "channel"),
    [
        (entity("C1"), "C1"),
        (entity({"message_ts": "1.0", "channel_id": "G1"}), "G1"),
        ({"entities": [{"type": "slack#/types/canvas_id", "value": "F1"}, *entity("C1")["entities"]]}, "C1"),
        ({}, ""),
        (entity("D1"), ""),
        *((entity(value), "") for value in ("", "general", None, 5, ["C1"], {"channel_id": None})),
        *(({"entities": entities}, "") for entities in (None, "C1", [None], {"value": "C1"})),
    ],
)
def test_a_context_of_any_shape_names_a_channel_or_none(context: dict[str, Any], channel: str) -> None:
    assert channel_in(context) == channel


@pytest.mark.parametrize("event", [{}, {"user": None, "context": {}}, {"user": ["U1"], "context": entity("C1")}])
def test_an_event_that_names_nobody_is_passed_over(event: dict[str, Any]) -> None:
    attention = Attention()

    attention.note(event)

    assert attention._channels == {}


def test_only_so_many_people_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slackbot.listeners.assistant_context.REMEMBERED", 2)
    attention = Attention()

    for user in ("U1", "U2", "U3"):
        attention.note({"user": user, "context": entity("C1")})

    assert set(attention._channels) == {"U2", "U3"}
