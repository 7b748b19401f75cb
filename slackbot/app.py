"""The Bolt app, set up so that an event is acknowledged only after it is stored."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from process.slack import Identity
from slackbot.listeners.messages import Listeners


class Part(Protocol):
    """Something of the agent in Slack beside its messages: a page, a command, a shortcut."""

    def listen(self, app: AsyncApp) -> None:
        """Registers what it wants to hear of."""


def build_app(client: AsyncWebClient, bot: Identity, listeners: Listeners, parts: Iterable[Part] = ()) -> AsyncApp:
    """`client` carries no token: who the bot is was asked once, at the start.

    Left to itself, Bolt asks `auth.test` again, and when that fails it acknowledges the event and drops it.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token="not used: each part is given a client",  # noqa: S106
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
    for part in parts:
        part.listen(app)
    app.event(re.compile(".*"))(listeners.on_other_event)
    app.action(re.compile(".*"))(listeners.on_other_click)
    return app
