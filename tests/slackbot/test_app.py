"""Promises of the Bolt app, kept with real Socket Mode: an event is acknowledged when it is stored, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest
from pydantic import HttpUrl, SecretStr

from playground.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.app import SocketMode, build_app
from slackbot.conversations import Conversations
from slackbot.events import Incoming
from slackbot.listeners import Listeners


class Storage:
    """Where messages are handed over: it takes them, refuses them, or keeps them waiting until it is told to go on."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.waiting: list[str] = []
        self.refuses = False
        self._open = asyncio.Event()
        self._open.set()

    async def deliver(self, incoming: Incoming) -> None:
        self.waiting.append(incoming.message.ts)
        await self._open.wait()
        if self.refuses:
            raise ConnectionError("Temporal is away")
        self.stored.append(incoming.message.ts)

    def hold(self) -> None:
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()


@dataclass(frozen=True)
class Stage:
    slack: SlackEmulator
    storage: Storage
    anna: str
    channel: str

    def mention(self) -> str:
        return self.slack.say(self.anna, self.channel, f"<@{self.slack.bot_user_id}> hello")

    def acknowledged(self, ts: str) -> list[bool]:
        return [delivery.acked for delivery in self.slack.deliveries if delivery.ts == ts]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with SlackEmulator() as slack:
        anna = slack.add_user("anna")
        yield Stage(slack, Storage(), anna, slack.add_channel("general", members=[anna]))


@asynccontextmanager
async def listening(stage: Stage) -> AsyncIterator[SocketMode]:
    """The bot as its process makes it, with our storage in place of Temporal."""
    slack = stage.slack
    bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
    async with open_client(HttpUrl(slack.api_url), None) as nameless:
        app = build_app(nameless, bot, Listeners(bot, cast("Conversations", stage.storage)))
        async with SocketMode(app, slack.app_token) as socket_mode:
            await slack.until(lambda: slack.connections == 1)
            yield socket_mode


async def say_hello(slack: SlackEmulator) -> None:
    """A few round trips to the same Slack."""
    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        for _ in range(5):
            await client.auth_test()


async def test_a_message_is_acknowledged_once_it_is_stored_and_not_before(stage: Stage) -> None:
    stage.storage.hold()
    async with listening(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: len(stage.storage.waiting) == 2)
        before = stage.acknowledged(ts)

        stage.storage.go_on()
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert before == [False, False]
    assert stage.storage.stored == [ts, ts]


async def test_a_message_that_could_not_be_stored_is_not_acknowledged_and_comes_again(stage: Stage) -> None:
    stage.storage.refuses = True
    async with listening(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: len(stage.storage.waiting) == 2)
        last = stage.slack.say(stage.anna, stage.channel, "to nobody")  # what is ignored is acknowledged after it
        await stage.slack.until(lambda: all(stage.acknowledged(last)))
        refused = stage.acknowledged(ts)

        stage.storage.refuses = False
        stage.slack.clock.advance(3)
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert refused == [False, False]
    assert stage.storage.stored == [ts, ts]


async def test_events_that_nobody_is_interested_in_are_acknowledged(stage: Stage) -> None:
    async with listening(stage):
        said = stage.slack.say(stage.anna, stage.channel, "to nobody")
        stage.slack.edit(stage.channel, said, "to nobody!")
        stage.slack.join(stage.slack.add_user("ben"), stage.channel)
        stage.slack.open_app_home(stage.anna)
        stage.slack.press_stop(stage.anna, stage.channel, said)

        await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))

    assert stage.storage.waiting == []


async def test_the_app_asks_slack_for_nothing_but_its_connection(stage: Stage) -> None:
    async with listening(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert {call.method for call in stage.slack.calls} == {"apps.connections.open"}


async def test_a_lost_connection_is_made_again_and_nothing_is_missed(stage: Stage) -> None:
    async with listening(stage):
        await stage.slack.send_disconnect("refresh_requested")
        await stage.slack.until(lambda: stage.slack.connections == 1)
        ts = stage.mention()

        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]


async def test_a_bot_that_stops_finishes_what_it_has_begun_and_begins_nothing_new(stage: Stage) -> None:
    stage.storage.hold()
    bot = listening(stage)
    await bot.__aenter__()
    begun = stage.mention()
    await stage.slack.until(lambda: len(stage.storage.waiting) == 2)

    stopping = asyncio.create_task(bot.__aexit__(None, None, None))
    await asyncio.sleep(0)  # a turn of the loop, in which it begins to stop
    late = stage.mention()
    await say_hello(stage.slack)  # by then a bot that does not wait has closed its connection
    connections = stage.slack.connections
    stage.storage.go_on()
    await stopping

    assert connections == 1
    assert stage.acknowledged(begun) == [True, True]
    assert stage.acknowledged(late) == [False, False]
    assert stage.storage.stored == [begun, begun]


async def test_what_arrived_while_no_bot_was_there_reaches_the_next_one(stage: Stage) -> None:
    ts = stage.mention()

    async with listening(stage):
        stage.slack.clock.advance(3)
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]
