"""Messages to the agent, and what their authors change about them afterwards."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from slack_bolt.async_app import AsyncApp

from process.slack import Identity
from slackbot.connection.gaps import Gaps
from slackbot.conversations.conversations import Conversations
from slackbot.events import message_changes, messages
from slackbot.listeners.assistant_context import AssistantContext

logger = logging.getLogger(__name__)


class MessageListener:
    """Hands messages and changes over. Raises if Temporal did not take one: the event is then not acknowledged."""

    def __init__(
        self,
        bot: Identity,
        conversations: Conversations,
        gaps: Gaps,
        allowed_apps: Collection[str] = (),
        context: AssistantContext | None = None,
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._gaps = gaps
        self._allowed_apps = allowed_apps
        self._context = context or AssistantContext()

    def listen(self, app: AsyncApp) -> None:
        app.event("app_mention")(self.on_message)
        app.event("message")(self.on_message)

    async def on_message(self, body: dict[str, Any]) -> None:
        """Handles mentions, direct messages, thread replies, edits and deletions.

        Slack sends an event again that was not acknowledged, but not for ever: a message counts as missed at once, so
        that the catch-up looks for it too.
        """
        if message_changes.is_about_change(body):
            await self._on_change(body)
            return
        decision = messages.read(body, self._bot, self._allowed_apps)
        if isinstance(decision, messages.Ignored):
            logger.debug("event ignored", extra={"reason": decision.reason})
            if decision.to_others is not None:
                await self._conversations.hand_over_to_others(*decision.to_others)
            return
        try:
            await self._conversations.hand_over(self._context.add_to(decision, body["event"]))
        except Exception:
            self._gaps.open(float(decision.message.ts))
            raise

    async def _on_change(self, body: dict[str, Any]) -> None:
        decision = message_changes.read(body, self._bot, self._allowed_apps)
        if isinstance(decision, messages.Ignored):
            logger.debug("change ignored", extra={"reason": decision.reason})
            return
        await self._conversations.hand_over_change(decision)
        if decision.addressed is not None:
            await self._conversations.hand_over(decision.addressed)
