"""Whether the agent takes part in a Slack thread, as the thread itself shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread
from process.slack import Identity
from slackbot.events.mentions import mentioned_users

PAGE = 200  # messages
# A later call would get the same errors. After any other (rate limits above all) the event must not be acknowledged.
_NOT_READABLE = {"thread_not_found", "channel_not_found", "not_in_channel", "missing_scope", "is_archived"}


class Participation:
    """Asks Slack, with one call for each thread."""

    def __init__(self, client: AsyncWebClient, bot: Identity) -> None:
        self._client = client
        self._bot = bot

    async def takes_part_in(self, thread: Thread) -> bool:
        """Whether the agent has written, or was mentioned, in the thread's first 200 messages.

        A mention counts before it is answered: the event of a reply to it may arrive first. False for a thread that the
        agent may not read; raises SlackApiError if Slack may answer later.
        """
        try:
            page = await self._client.conversations_replies(channel=thread.channel, ts=thread.thread_ts, limit=PAGE)
        except SlackApiError as error:
            if error.response.get("error") in _NOT_READABLE:
                return False
            raise
        return any(self._involves_agent(message) for message in page["messages"])

    def _involves_agent(self, message: Mapping[str, Any]) -> bool:
        if message.get("bot_id"):
            return bool(message["bot_id"] == self._bot.bot_id)
        if message.get("user") == self._bot.bot_user_id:  # its files may name no bot
            return True
        return self._bot.bot_user_id in mentioned_users(str(message.get("text") or ""))
