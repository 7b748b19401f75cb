"""What a Slack thread holds: the agent's own posts, what people said in it, and who they are."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.conversation import slack_markup
from agent_worker.payloads.errors import SLACK_REFUSED
from agent_worker.slack.api import SlackApi, may_not_see

EVENT_TYPE = "agent_post"  # of our metadata, which everyone in the workspace may read: no secrets
PAGE = 200
EARLIER_MESSAGES = 100  # what is read of a thread that the agent joins late: the newest ones
EARLIER_MESSAGE_CHARACTERS = 2_000
EARLIER_CHARACTERS = 40_000
CACHED_NAMES = 10_000
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
    def __init__(self, api: SlackApi, *, bot_user_id: str, bot_id: str) -> None:
        self._api = api
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id
        self._known: dict[str, Mapping[str, Any]] = {}

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
        return Past(await self._told(messages), tuple(answered), tuple(filter(None, people)))

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

    async def _told(self, messages: Iterable[dict[str, Any]]) -> str:
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
        if message.get("bot_id") == self._bot_id:
            return "You"
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            return f"{message.get('username') or profile.get('name') or message['bot_id']} (an app)"
        return await self._name(str(message.get("user") or "someone"))

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
