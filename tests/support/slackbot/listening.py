"""The bot's connection to a local Slack, with a storage in place of Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from pydantic import HttpUrl

from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.app import build_app
from slackbot.connection.backoff import Backoff
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.delivery import Conversations
from slackbot.events.messages import Incoming
from slackbot.listeners.messages import Listeners


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
    gaps: Gaps = field(default_factory=Gaps)
    lost: list[float] = field(default_factory=list)  # since when, for each connection that was lost

    def mention(self) -> str:
        return self.slack.say(self.anna, self.channel, f"<@{self.slack.bot_user_id}> hello")

    def acknowledged(self, ts: str) -> list[bool]:
        return [delivery.acked for delivery in self.slack.deliveries if delivery.ts == ts]


@asynccontextmanager
async def a_slack() -> AsyncIterator[Stage]:
    """Anna in #general, and nobody connected."""
    async with SlackEmulator() as slack:
        anna = slack.add_user("anna")
        yield Stage(slack, Storage(), anna, slack.add_channel("general", members=[anna]))


@asynccontextmanager
async def listening(stage: Stage, **options: float) -> AsyncIterator[SocketMode]:
    """The bot as its process makes it, with our storage in place of Temporal, in a hurry to come back."""
    slack = stage.slack
    bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
    async with open_client(HttpUrl(slack.api_url), None) as nameless:
        app = build_app(nameless, bot, Listeners(bot, cast("Conversations", stage.storage), stage.gaps))
        async with SocketMode(
            app, slack.app_token, stage.lost.append, backoff=Backoff(0.01, 0.05), **options
        ) as socket_mode:
            yield socket_mode
