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
from agent_worker.payloads import post_keys
from agent_worker.payloads.errors import SLACK_REFUSED
from agent_worker.slack.api import SlackApi, may_not_see
from agent_worker.slack.thread.metadata import PostMetadata

PAGE = 200  # messages in one call
# What is read of a thread that the agent joins late. The newest messages are kept.
EARLIER_MESSAGES = 100
EARLIER_MESSAGE_CHARACTERS = 2_000  # of one message
EARLIER_CHARACTERS = 40_000  # of all of them
CACHED_NAMES = 10_000
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

    def __init__(self, api: SlackApi, *, bot_user_id: str, bot_id: str) -> None:
        self._api = api
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id
        self._known: dict[str, Mapping[str, Any]] = {}

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

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Display names by id of users and channels; an id that Slack does not tell about is its own name."""
        return {slack_id: await self._name(slack_id) for slack_id in ids if slack_id != self._bot_user_id}

    async def _name(self, slack_id: str) -> str:
        if slack_id.startswith(("C", "G")):
            channel = await self._told_of(slack_id)
            return str(channel.get("name") or slack_id)
        user = await self.user(slack_id)
        profile = user.get("profile") or {}
        return str(profile.get("display_name") or profile.get("real_name") or user.get("name") or slack_id)

    def knows(self, ids: Iterable[str]) -> bool:
        """Whether Slack need not be asked about any of them."""
        return all(slack_id in self._known or slack_id == self._bot_user_id for slack_id in ids)

    async def user(self, slack_id: str) -> Mapping[str, Any]:
        """What Slack tells of a user; nothing of one that the agent may not see."""
        return await self._told_of(slack_id)

    async def _told_of(self, slack_id: str) -> Mapping[str, Any]:
        if slack_id not in self._known:
            if len(self._known) >= CACHED_NAMES:
                self._known.clear()
            try:
                self._known[slack_id] = await self._asked_about(slack_id)
            except ApplicationError as error:
                if not may_not_see(error):
                    raise
                if error.type != SLACK_REFUSED:  # a scope is missing: once there is one, Slack is asked again
                    return {}
                self._known[slack_id] = {}
        return self._known[slack_id]

    async def _asked_about(self, slack_id: str) -> Mapping[str, Any]:
        client = self._api.client
        if slack_id.startswith(("C", "G")):
            channel: Mapping[str, Any] = (await self._api.call(client.conversations_info, channel=slack_id))["channel"]
            return {"name": channel.get("name")}
        user: Mapping[str, Any] = (await self._api.call(client.users_info, user=slack_id))["user"]
        kept = ("name", "team_id", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
        profile = user.get("profile") or {}
        names = {name: profile.get(name) for name in ("display_name", "real_name")}
        return {**{name: user.get(name) for name in kept}, "profile": names}

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
        names = await self.names([*slack_markup.user_mentions(raw), *slack_markup.channel_mentions(raw)])
        text = slack_markup.message_text(message, bot_user_id=self._bot_user_id, names=names)
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
        return await self._name(str(message.get("user") or "someone"))

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
