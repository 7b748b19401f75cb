"""What a Slack thread holds: what people said in it, and the agent's own messages."""

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
from agent_worker.payloads import post_keys
from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.directory import Directory
from agent_worker.slack.thread.metadata import PostMetadata

PAGE = 200  # messages in one call
# What is read of a thread that the agent joins late. The newest messages are kept.
EARLIER_MESSAGES = 100
EARLIER_MESSAGE_CHARACTERS = 2_000  # of one message
EARLIER_CHARACTERS = 40_000  # of all of them
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Past:
    """What a thread held before a message.

    `text` has a line "<author>: <message>" for each message, `answered` the `ts` of the messages that the agent has
    answered, `people` the ids of those who wrote, without apps.
    """

    text: str = ""
    answered: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnMessage:
    """A message of the agent. `key` is its post key, "" if it has none; `files` are the names of its files.

    `state` is Slack's `streaming_state`, "" if Slack does not tell one.
    """

    ts: str
    key: str
    state: str
    files: tuple[str, ...]


class ThreadHistory:
    """Reads threads. Raises ApplicationError (SLACK_UNAVAILABLE, retryable) while Slack cannot be reached."""

    def __init__(self, api: SlackApi, directory: Directory, *, bot_user_id: str, bot_id: str) -> None:
        self._api = api
        self._directory = directory
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id

    async def own_messages(self, thread: Thread, oldest: str) -> list[OwnMessage]:
        """The agent's own messages in the thread that are younger than `oldest` (a `ts`), oldest first.

        Raises ApplicationError (SLACK_REFUSED, final) if the agent may not read the thread.
        """
        younger = [message async for message in self._messages(thread, oldest=oldest) if message["ts"] > oldest]
        return [_own_message(message) for message in younger if self._is_own(message)]

    async def past(self, thread: Thread, before: str) -> Past:
        """The thread up to the message `before` (a `ts`); empty if Slack does not let the agent read the thread."""
        messages: deque[dict[str, Any]] = deque(maxlen=EARLIER_MESSAGES)
        answered: list[str] = []
        people: dict[str, None] = {}
        try:
            async for message in self._messages(thread):
                own = PostMetadata.read(message) if self._is_own(message) else PostMetadata()
                answered += own.answers
                if message["ts"] < before and not _shows_progress(own):
                    messages.append(message)
                    people |= {} if message.get("bot_id") else {str(message.get("user") or ""): None}
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            logger.warning("thread cannot be read", extra={"reason": error.message})
        return Past(await self._text_of(messages), tuple(answered), tuple(filter(None, people)))

    async def _text_of(self, messages: Iterable[dict[str, Any]]) -> str:
        """The messages as lines, the newest ones if not all of them fit into EARLIER_CHARACTERS."""
        lines = [await self._line(message) for message in messages]
        room = EARLIER_CHARACTERS
        kept: list[str] = []
        for line in reversed([line for line in lines if line]):
            room -= len(line)
            if room < 0:
                break
            kept.append(line)
        return "\n".join(reversed(kept))

    async def _line(self, message: Mapping[str, Any]) -> str:
        raw = str(message.get("text") or "")
        names = await self._directory.names([*slack_markup.user_mentions(raw), *slack_markup.channel_mentions(raw)])
        text = message_text(message, bot_user_id=self._bot_user_id, names=names)
        if not text:
            return ""
        if len(text) > EARLIER_MESSAGE_CHARACTERS:
            text = text[:EARLIER_MESSAGE_CHARACTERS] + " […]"
        return f"{await self._author(message)}: {text}"

    async def _author(self, message: Mapping[str, Any]) -> str:
        if self._is_own(message):
            return "You"
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            return f"{message.get('username') or profile.get('name') or message['bot_id']} (an app)"
        return await self._directory.name(str(message.get("user") or "someone"))

    def _is_own(self, message: Mapping[str, Any]) -> bool:
        """Whether the agent wrote it. Metadata alone proves nothing: another app can copy it."""
        return message.get("bot_id") == self._bot_id

    async def _messages(self, thread: Thread, oldest: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """The root first and then the replies, oldest first, from `oldest` on; the root comes in any case."""
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


def _own_message(message: Mapping[str, Any]) -> OwnMessage:
    names = tuple(str(file.get("name", "")) for file in message.get("files") or [])
    state = str(message.get("streaming_state") or "")
    return OwnMessage(str(message["ts"]), PostMetadata.read(message).key, state, names)


def _shows_progress(own: PostMetadata) -> bool:
    key = post_keys.read(own.key)
    return key is not None and key.kind == "progress"
