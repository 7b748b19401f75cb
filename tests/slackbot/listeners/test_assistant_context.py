"""Promises about the channel that a person has open: the agent is told with the person's direct messages only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.messages import Thread, UserMessage
from slackbot.events.messages import IncomingMessage
from slackbot.listeners.assistant_context import AssistantContext, View, view_in
from tests.support.slackbot.conversations import ConversationStage, conversation_stage, questions


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def looking_at(stage: ConversationStage, user: str, channel: str) -> str:
    """Somebody writes in a channel; returns the open channel that the conversation is told."""
    ts = await stage.say(user, channel=channel)
    (message,) = await questions(stage, ts, channel)
    return message.looking_at


async def test_a_direct_message_says_which_channel_its_author_has_open(stage: ConversationStage) -> None:
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()

    assert await looking_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == stage.channel


async def test_it_is_neither_another_persons_channel_nor_one_that_was_closed(stage: ConversationStage) -> None:
    stage.slack.look_at(stage.anna, stage.channel)
    stage.slack.look_at(stage.anna, None)
    stage.slack.look_at(stage.ben, stage.channel)
    await stage.heard()

    assert await looking_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == ""


async def test_a_message_in_a_channel_does_not_say_it(stage: ConversationStage) -> None:
    stage.slack.look_at(stage.anna, stage.slack.add_channel("salaries", members=[stage.anna], is_private=True))
    await stage.heard()

    assert await looking_at(stage, stage.anna, stage.channel) == ""


async def test_a_direct_message_says_which_message_its_author_has_open(stage: ConversationStage) -> None:
    root = stage.slack.say(stage.ben, stage.channel, "Shall we move?")
    stage.slack.look_at(stage.anna, stage.channel, root)
    await stage.heard()

    direct = stage.slack.open_dm(stage.anna)
    ts = await stage.say(stage.anna, channel=direct)
    (message,) = await questions(stage, ts, direct)

    assert (message.looking_at, message.looking_at_message) == (stage.channel, root)


async def test_the_model_is_told_the_open_channel(stage: ConversationStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()

    ts = await stage.say(stage.anna, "who writes here?", direct)
    await stage.answered(ts)

    (contents,) = stage.rehearsal.cast.read
    assert "has this channel open" in contents[0]["parts"][0]["text"]
    assert stage.channel in contents[0]["parts"][0]["text"]


async def test_the_channel_in_the_message_counts_more_than_an_earlier_event(stage: ConversationStage) -> None:
    other = stage.slack.add_channel("other", members=[stage.anna])
    stage.slack.look_at(stage.anna, stage.channel)
    await stage.heard()
    # no event is sent: only the message names the channel
    stage.slack._backend.app_context.look_at(stage.anna, other)

    assert await looking_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == other


async def test_opening_the_direct_messages_says_it_too(stage: ConversationStage) -> None:
    stage.slack._backend.app_context.look_at(stage.anna, stage.channel)
    stage.slack.open_app_home(stage.anna)
    await stage.heard()
    stage.slack._backend.app_context.look_at(stage.anna, None)  # the message names no channel

    assert await looking_at(stage, stage.anna, stage.slack.open_dm(stage.anna)) == stage.channel


def remembered(context: AssistantContext, user: str) -> str:
    """The channel that is added to a direct message of this person."""
    thread = Thread(team="T1", channel="D1", thread_ts="1.0")
    message = UserMessage(ts="1.0", user=user, text="hello", direct=True)
    return context.add_to(IncomingMessage(thread, message, only_if_taking_part=False), {}).message.looking_at


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
def test_a_context_of_any_shape_is_read(context: dict[str, Any], channel: str) -> None:
    assert view_in(context).channel == channel


def about(channel: Any, ts: Any) -> dict[str, Any]:
    return {"type": "slack#/types/message_context", "value": {"channel_id": channel, "message_ts": ts}}


@pytest.mark.parametrize(
    ("entities", "view"),
    [
        ([about("C1", "1.0")], View("C1", "1.0")),
        ([*entity("C1")["entities"], about("C1", "1.0")], View("C1", "1.0")),
        ([*entity("C1")["entities"], about("C2", "1.0")], View("C1")),
        ([about("C1", "yesterday"), about("C1", None), about("C1", ["1.0"])], View("C1")),
        ([about("D1", "1.0")], View()),
        ([about(None, "1.0"), about("C1", "1.0")], View("C1", "1.0")),
    ],
)
def test_a_message_in_a_context_counts_only_in_its_channel(entities: list[Any], view: View) -> None:
    assert view_in({"entities": entities}) == view


@pytest.mark.parametrize("event", [{}, {"user": None, "context": {}}, {"user": ["U1"], "context": entity("C1")}])
def test_an_event_that_names_nobody_is_ignored(event: dict[str, Any]) -> None:
    context = AssistantContext()

    context.note(event)

    assert remembered(context, "U1") == ""


def test_only_so_many_people_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slackbot.listeners.assistant_context.REMEMBERED", 2)
    context = AssistantContext()

    for user in ("U1", "U2", "U3"):
        context.note({"user": user, "context": entity("C1")})

    assert [remembered(context, user) for user in ("U1", "U2", "U3")] == ["", "C1", "C1"]
