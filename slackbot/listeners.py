"""What happens on each Slack event: one short function each; the decisions are in `events`."""

from __future__ import annotations

import logging
from typing import Any

from process.slack import Identity
from slackbot import events
from slackbot.conversations import Conversations

logger = logging.getLogger(__name__)


class Listeners:
    def __init__(self, bot: Identity, conversations: Conversations) -> None:
        self._bot = bot
        self._conversations = conversations

    async def on_message(self, body: dict[str, Any]) -> None:
        """Mentions, direct messages and thread replies. Raises when Temporal did not take it: Slack then redelivers."""
        decision = events.read(body, self._bot)
        if isinstance(decision, events.Ignored):
            logger.debug("event ignored", extra={"reason": decision.reason})
            return
        await self._conversations.deliver(decision)

    async def on_other_event(self) -> None:
        """Nobody is interested, but Slack wants to hear that it arrived: otherwise it sends it again."""
