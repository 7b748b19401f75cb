"""The Bolt app and its Socket Mode connection, set up so that an event is acknowledged only after it is stored."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from process.slack import Identity
from slackbot.listeners import Listeners

PING_INTERVAL = 3.0  # seconds; a connection that was cut is noticed, and made again, at the next ping
DRAIN_TIMEOUT = 5.0  # seconds; a hand-over takes less than Slack's 3 s, or Slack redelivers it
logger = logging.getLogger(__name__)


def build_app(client: AsyncWebClient, bot: Identity, listeners: Listeners) -> AsyncApp:
    """`client` carries no token: who the bot is was asked once, at the start.

    Left to itself, Bolt asks `auth.test` again, and when that fails it acknowledges the event and drops it.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token="not used: the bot calls no methods",  # noqa: S106
        )

    app = AsyncApp(
        client=client,
        authorize=authorize,
        logger=logging.getLogger("slack_bolt"),
        # A listener runs to its end, and only then is its event acknowledged; if it raises, it is not.
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )
    app.event("app_mention")(listeners.on_message)
    app.event("message")(listeners.on_message)
    app.event(re.compile(".*"))(listeners.on_other_event)
    return app


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler, which can also stop taking events and finish those that it has."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token, ping_interval=PING_INTERVAL)
        self.client.proxy = app.client.proxy  # left to itself, it would ask the environment
        self._running: set[asyncio.Task[Any]] = set()
        self._is_draining = False

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if self._is_draining:
            return  # not acknowledged: Slack hands it to the next process
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a coroutine always runs in one
        self._running.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._running.discard(task)

    async def __aenter__(self) -> SocketMode:
        await self.client.connect()  # type: ignore[no-untyped-call]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Takes no more events, finishes handing over what it has, and only then closes the connection."""
        self._is_draining = True
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN_TIMEOUT)
        await self.client.close()  # type: ignore[no-untyped-call]
