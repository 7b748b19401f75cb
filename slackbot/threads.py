"""What the bot reads of a Slack thread: whether the agent has spoken in it."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract import Thread
from process.slack import Identity

PAGE = 200
# What a later look would not change; everything else (rate limits above all) leaves the event unacknowledged.
_CLOSED = {"thread_not_found", "channel_not_found", "not_in_channel", "missing_scope", "is_archived"}


class ThreadReader:
    def __init__(self, client: AsyncWebClient, bot: Identity) -> None:
        self._client = client
        self._bot = bot

    async def has_spoken_in(self, thread: Thread) -> bool:
        """Whether the thread's first messages hold one of the agent; raises SlackApiError when Slack does not say."""
        try:
            page = await self._client.conversations_replies(channel=thread.channel, ts=thread.thread_ts, limit=PAGE)
        except SlackApiError as error:
            if error.response.get("error") in _CLOSED:
                return False
            raise
        return any(message.get("bot_id") == self._bot.bot_id for message in page["messages"])
