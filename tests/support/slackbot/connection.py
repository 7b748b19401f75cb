"""The bot's connection to a local Slack, with a storage in place of Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import HttpUrl

from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.app import build_app
from slackbot.connection.backoff import Backoff
from slackbot.connection.gaps import Gaps
from slackbot.connection.socket_mode import SocketMode
from slackbot.conversations.conversations import Conversations
from slackbot.events.messages import IncomingMessage
from slackbot.listeners.messages import MessageListener


class Storage:
    """In place of `Conversations`: stores messages, refuses them, or holds them until the test says `go_on`."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.waiting: list[str] = []
        self.refuses = False
        self._open = asyncio.Event()
        self._open.set()

    async def hand_over(self, incoming: IncomingMessage) -> None:
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
class ConnectionStage:
    """A local Slack with Anna in #general, and the storage of a bot that `connected` connects."""

    slack: SlackEmulator
    storage: Storage
    anna: str
    channel: str
    gaps: Gaps = field(default_factory=Gaps)
    lost: list[float] = field(default_factory=list)  # the moments that the connection reported as lost since

    def mention(self) -> str:
        return self.slack.say(self.anna, self.channel, f"<@{self.slack.bot_user_id}> hello")

    def acknowledged(self, ts: str) -> list[bool]:
        """Of each event of this message, whether the bot has acknowledged it."""
        return [delivery.acked for delivery in self.slack.deliveries if delivery.ts == ts]

    def send_frame(self, frame: dict[str, Any]) -> None:
        """Slack sends a frame that is not an event."""
        assert self.slack._backend.sockets.send(frame)


@asynccontextmanager
async def connection_stage() -> AsyncIterator[ConnectionStage]:
    """Nobody is connected yet."""
    async with SlackEmulator() as slack:
        anna = slack.add_user("anna")
        yield ConnectionStage(slack, Storage(), anna, slack.add_channel("general", members=[anna]))


@asynccontextmanager
async def connected(stage: ConnectionStage, **options: Any) -> AsyncIterator[SocketMode]:
    """The bot as its process makes it, but with the storage in place of Temporal and short pauses between attempts."""
    slack = stage.slack
    bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
    async with open_client(HttpUrl(slack.api_url), None) as tokenless:
        app = build_app(tokenless, bot, [MessageListener(bot, cast("Conversations", stage.storage), stage.gaps)])
        async with SocketMode(
            app, slack.app_token, stage.lost.append, backoff=Backoff(0.01, 0.05), **options
        ) as socket_mode:
            yield socket_mode
