"""What happens on each Slack event: one short function each; the decisions are in `events`."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from process.slack import Identity
from slackbot import events
from slackbot.conversations import Conversations
from slackbot.gaps import Gaps

logger = logging.getLogger(__name__)


class Listeners:
    def __init__(
        self, bot: Identity, conversations: Conversations, gaps: Gaps, allowed_apps: Collection[str] = ()
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._gaps = gaps
        self._allowed_apps = allowed_apps

    async def on_message(self, body: dict[str, Any]) -> None:
        """Mentions, direct messages and thread replies.

        Raises when Temporal did not take it. Slack then redelivers, but not for ever: it counts as missed.
        """
        decision = events.read(body, self._bot, self._allowed_apps)
        if isinstance(decision, events.Ignored):
            logger.debug("event ignored", extra={"reason": decision.reason})
            return
        try:
            await self._conversations.deliver(decision)
        except Exception:
            self._gaps.note(float(decision.message.ts))
            raise

    async def on_other_event(self) -> None:
        """Nobody is interested, but Slack wants to hear that it arrived: otherwise it sends it again."""
