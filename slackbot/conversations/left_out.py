"""Telling people that their message could not be taken in. Only its author sees it."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.events.ids import PERSON, has_form

TOO_LARGE = "I could not take in your message: it is too large for me. Please send a shorter one, or a part of it."
TELL_TIMEOUT = 1.0  # seconds; Slack waits 3 s for the acknowledgement
logger = logging.getLogger(__name__)


class LeftOut:
    """A failure to tell is only logged: Slack keeps no such line, and nobody can tell whether it was shown."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def tell(self, user: str, thread: Thread, ts: str) -> None:
        """Tells the author of the message `ts`. Slack shows such a line only in a thread that has a reply."""
        if not has_form(user, PERSON):
            return
        thread_ts = None if ts == thread.thread_ts else thread.thread_ts
        try:
            async with asyncio.timeout(TELL_TIMEOUT):
                await self._client.chat_postEphemeral(
                    channel=thread.channel, user=user, text=TOO_LARGE, thread_ts=thread_ts
                )
        except CALL_ERRORS as error:
            logger.info("a person could not be told", extra={"reason": type(error).__name__})
