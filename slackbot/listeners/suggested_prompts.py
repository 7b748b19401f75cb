"""The questions that the agent suggests at the top of its direct messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from slackbot.connection.unreachable import UNREACHABLE, will_pass
from slackbot.events.shapes import CHANNEL, has_form
from slackbot.listeners.assistant_context import Attention

# The same as in manifest.yml, which Slack shows on its own; a workspace may still show those of an older manifest.
PROMPTS = (
    {"title": "What can you do?", "message": "What can you do for me?"},
    {"title": "Weather alerts", "message": "Are there any weather alerts for New York?"},
)
PAUSE = 3_600.0  # seconds, between two times in the same place
PATIENCE = 2.0  # seconds; Slack waits 3 s for the acknowledgement
REMEMBERED = 10_000  # places
logger = logging.getLogger(__name__)


class Prompts:
    def __init__(
        self, client: AsyncWebClient, attention: Attention, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._attention = attention
        self._clock = clock
        self._suggested: OrderedDict[str, float] = OrderedDict()  # by channel: when

    def listen(self, app: AsyncApp) -> None:
        app.event("app_home_opened", matchers=[_is_messages_tab])(self.on_opened)

    async def on_opened(self, event: Mapping[str, Any]) -> None:
        """Somebody opens their direct messages. Where there are no suggestions, nobody misses them."""
        self._attention.note(event)
        channel = event.get("channel")
        if not has_form(channel, CHANNEL) or self._clock() - self._suggested.get(str(channel), -PAUSE) < PAUSE:
            return
        self._remember(str(channel))
        try:
            async with asyncio.timeout(PATIENCE):
                await self._client.assistant_threads_setSuggestedPrompts(channel_id=str(channel), prompts=[*PROMPTS])
        except UNREACHABLE as error:
            logger.info("prompts not suggested", extra={"reason": type(error).__name__})
            if will_pass(error):
                self._suggested.pop(str(channel), None)

    def _remember(self, channel: str) -> None:
        self._suggested[channel] = self._clock()
        self._suggested.move_to_end(channel)
        while len(self._suggested) > REMEMBERED:
            self._suggested.popitem(last=False)


async def _is_messages_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"
