"""What a Slack thread holds: the agent's own posts, and what people said in it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.conversation import slack_markup
from agent_worker.conversation.message_text import message_text
from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.directory import Directory

EVENT_TYPE = "agent_post"  # of our metadata, which everyone in the workspace may read: no secrets
PAGE = 200
EARLIER_MESSAGES = 100  # what is read of a thread that the agent joins late: the newest ones
EARLIER_MESSAGE_CHARACTERS = 2_000
EARLIER_CHARACTERS = 40_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Past:
    """What was said before, a line an author and message, and the `ts` of messages that the agent has answered."""

    text: str = ""
    answered: tuple[str, ...] = ()
    people: tuple[str, ...] = ()  # who wrote, apps left out


@dataclass(frozen=True)
class OwnMessage:
    """A message of the agent: `key` from its metadata, "" for none; `state` as Slack says of a streamed message."""

    ts: str
    key: str
    state: str
    files: tuple[str, ...]


class SlackThreads:
    def __init__(self, api: SlackApi, directory: Directory, *, bot_user_id: str, bot_id: str) -> None:
        self._api = api
        self._directory = directory
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id

    async def own_messages(self, thread: Thread, oldest: str | None = None) -> AsyncIterator[OwnMessage]:
        """Each message of the agent itself; another app's metadata proves nothing."""
        async for message in self._messages(thread, oldest=oldest):
            if message.get("bot_id") == self._bot_id:
                payload = self._own_payload(message) or {}
                names = [str(file.get("name", "")) for file in message.get("files") or []]
                state = str(message.get("streaming_state") or "")
                yield OwnMessage(str(message["ts"]), str(payload.get("key", "")), state, tuple(names))

    async def past(self, thread: Thread, before: str) -> Past:
        """The thread up to the message `before`, bounded; nothing where Slack does not let the agent read it."""
        messages: deque[dict[str, Any]] = deque(maxlen=EARLIER_MESSAGES)
        answered: list[str] = []
        people: dict[str, None] = {}
        try:
            async for message in self._messages(thread):
                payload = self._own_payload(message)
                answered += payload.get("answers", []) if payload else []
                if message["ts"] < before and not self._is_progress(payload):
                    messages.append(message)
                    people |= {} if message.get("bot_id") else {str(message.get("user") or ""): None}
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            logger.warning("thread cannot be read", extra={"reason": error.message})
        return Past(await self._told(messages, thread.channel), tuple(answered), tuple(filter(None, people)))

    async def _told(self, messages: Iterable[dict[str, Any]], channel: str) -> str:
        lines = [await self._line(message, channel) for message in messages]
        room = EARLIER_CHARACTERS
        kept: list[str] = []
        for line in reversed([line for line in lines if line]):
            room -= len(line)
            if room < 0:
                break
            kept.append(line)
        return "\n".join(reversed(kept))

    async def _line(self, message: Mapping[str, Any], channel: str) -> str:
        raw = str(message.get("text") or "")
        mentioned = [*slack_markup.user_mentions(raw), *slack_markup.channel_mentions(raw)]
        names = await self._directory.names(mentioned, within=channel)
        text = message_text(message, bot_user_id=self._bot_user_id, names=names)
        if not text:
            return ""
        if len(text) > EARLIER_MESSAGE_CHARACTERS:
            text = text[:EARLIER_MESSAGE_CHARACTERS] + " […]"
        return f"{await self._author(message)}: {text}"

    async def _author(self, message: Mapping[str, Any]) -> str:
        if message.get("bot_id") == self._bot_id:
            return "You"
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            return f"{message.get('username') or profile.get('name') or message['bot_id']} (an app)"
        return await self._directory.name(str(message.get("user") or "someone"))

    def _own_payload(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload")
        is_own = message.get("bot_id") == self._bot_id and metadata.get("event_type") == EVENT_TYPE
        return payload if is_own and isinstance(payload, dict) else None

    @staticmethod
    def _is_progress(payload: Mapping[str, Any] | None) -> bool:
        return payload is not None and str(payload.get("key", "")).endswith(":progress")

    async def _messages(self, thread: Thread, oldest: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """All messages with their metadata, the root first, page by page."""
        arguments: dict[str, Any] = {"oldest": oldest} if oldest else {}
        while True:
            page = await self._api.call(
                self._api.client.conversations_replies,
                channel=thread.channel,
                ts=thread.thread_ts,
                limit=PAGE,
                include_all_metadata=True,
                **arguments,
            )
            for message in page.get("messages", []):
                yield message
            arguments["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return
