"""What happens on each Slack event: one short function each; the decisions are in `events`."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from slack_bolt.async_app import AsyncAck

from process.slack import Identity
from slackbot.connection.gaps import Gaps
from slackbot.conversations.delivery import Conversations
from slackbot.events import edits, messages
from slackbot.listeners.assistant_context import Attention

logger = logging.getLogger(__name__)


class Listeners:
    def __init__(
        self,
        bot: Identity,
        conversations: Conversations,
        gaps: Gaps,
        allowed_apps: Collection[str] = (),
        attention: Attention | None = None,
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._gaps = gaps
        self._allowed_apps = allowed_apps
        self._attention = attention or Attention()

    async def on_message(self, body: dict[str, Any]) -> None:
        """Mentions, direct messages and thread replies, and what their authors change about them.

        Raises when Temporal did not take it. Slack then redelivers, but not for ever: a message counts as missed.
        """
        if edits.is_about_change(body):
            await self._on_change(body)
            return
        decision = messages.read(body, self._bot, self._allowed_apps)
        if isinstance(decision, messages.Ignored):
            logger.debug("event ignored", extra={"reason": decision.reason})
            return
        try:
            await self._conversations.deliver(self._attention.add_to(decision, body["event"]))
        except Exception:
            self._gaps.note(float(decision.message.ts))
            raise

    async def _on_change(self, body: dict[str, Any]) -> None:
        decision = edits.read(body, self._bot, self._allowed_apps)
        if isinstance(decision, messages.Ignored):
            logger.debug("change ignored", extra={"reason": decision.reason})
            return
        await self._conversations.change(decision.thread, decision.change)

    async def on_other_event(self) -> None:
        """Nobody is interested, but Slack wants to hear that it arrived: otherwise it sends it again."""

    async def on_other_click(self, ack: AsyncAck) -> None:
        """The same, of a button that is there no more: otherwise the person sees a warning."""
        await ack()
