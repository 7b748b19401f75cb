"""What the bot reads of a Slack thread: whether the agent takes part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from process.slack import Identity
from slackbot.events.messages import mentioned

PAGE = 200
# What a later look would not change; everything else (rate limits above all) leaves the event unacknowledged.
_CLOSED = {"thread_not_found", "channel_not_found", "not_in_channel", "missing_scope", "is_archived"}


class ThreadReader:
    def __init__(self, client: AsyncWebClient, bot: Identity) -> None:
        self._client = client
        self._bot = bot

    async def takes_part_in(self, thread: Thread) -> bool:
        """Whether the agent has spoken, or was mentioned, in the thread's first messages.

        A mention counts before it is answered: its event may come after that of a reply. Raises SlackApiError when
        Slack does not say.
        """
        try:
            page = await self._client.conversations_replies(channel=thread.channel, ts=thread.thread_ts, limit=PAGE)
        except SlackApiError as error:
            if error.response.get("error") in _CLOSED:
                return False
            raise
        return any(self._is_ours(message) for message in page["messages"])

    def _is_ours(self, message: Mapping[str, Any]) -> bool:
        if message.get("bot_id"):
            return bool(message["bot_id"] == self._bot.bot_id)
        return self._bot.bot_user_id in mentioned(str(message.get("text") or ""))
