"""The Bolt app: which listeners it has, and that it acknowledges an event only after its listener has returned."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from process.slack import Identity


class Listener(Protocol):
    """One thing that people use in Slack: messages, buttons, a page, a command, a shortcut."""

    def listen(self, app: AsyncApp) -> None:
        """Registers a function for each event, click or command that it handles."""


def build_app(client: AsyncWebClient, bot: Identity, listeners: Iterable[Listener]) -> AsyncApp:
    """The app with these listeners. An event that none of them handles is acknowledged, and so is a click.

    `client` has no token, and `bot` was asked of Slack at the start. Otherwise Bolt would call `auth.test` again, and
    if that failed, acknowledge the event and drop it.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token="not used: each listener is given a client",  # noqa: S106
        )

    app = AsyncApp(
        client=client,
        authorize=authorize,
        logger=logging.getLogger("slack_bolt"),
        # An event is acknowledged when its listener has returned; if the listener raises, it is not acknowledged.
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )
    for listener in listeners:
        listener.listen(app)
    app.event(re.compile(".*"))(_ignore_event)
    app.action(re.compile(".*"))(_ignore_click)
    return app


async def _ignore_event() -> None:
    """Does nothing. Without a listener the event would not be acknowledged, and Slack would send it again."""


async def _ignore_click(ack: AsyncAck) -> None:
    """Acknowledges a click on a button that the agent no longer has; otherwise Slack shows the person a warning."""
    await ack()
