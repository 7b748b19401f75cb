"""What people and other apps do in the workspace: write, edit, delete, join, press stop."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from playground.slack.backend import Backend
from playground.slack.messages import Channel, Message, User

File = Mapping[str, Any]


class People:
    """Everybody but the app under test. What Slack's own clients would not let people do raises ValueError."""

    def __init__(self, backend: Backend, chance: Random) -> None:
        self._backend = backend
        self._workspace = backend.workspace
        self._chance = chance
        self._other_bot: User | None = None

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[File] | None = None,
        subtype: str | None = None,
        attachments: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """A person writes; the `ts` of the message. `text` is Slack's escaped text with its tokens."""
        place = self._writable(user, channel)
        created = int(self._backend.clock.now())
        message = Message(
            channel=place.id,
            ts=self._workspace.next_ts(),
            user=user,
            text=text,
            thread_ts=self._root(place, thread_ts),
            subtype=subtype or ("file_share" if files else None),
            attachments=list(attachments or []),
            files=[self._backend.files.add(file, user, created) for file in files or []],
            client_msg_id=str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
        )
        self._backend.activity.post(message)
        return message.ts

    def say_as_other_bot(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Another app writes, in the shape of an ordinary message with a `bot_id`."""
        place = self._workspace.channels[channel]
        bot = self._other()
        message = Message(
            channel=place.id,
            ts=self._workspace.next_ts(),
            user=bot.id,
            text=text,
            thread_ts=self._root(place, thread_ts),
            bot_id=bot.bot_id,
            app_id=bot.app_id,
        )
        self._backend.activity.post(message)
        return message.ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """The author changes a message."""
        message = self._message(channel, ts)
        self._backend.activity.edit(message, message.user, text=text, blocks=[])

    def delete(self, channel: str, ts: str) -> None:
        self._backend.activity.delete(self._message(channel, ts))

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds the preview of a link: the message changes and its text does not."""
        preview = {"from_url": "https://example.com/", "title": "Example", "fallback": "Example", "id": 1}
        message = self._message(channel, ts)
        self._backend.activity.change(message, attachments=[*message.attachments, preview])

    def join(self, user: str, channel: str) -> None:
        place = self._workspace.channels[channel]
        if place.kind in ("im", "mpim"):
            raise ValueError("nobody joins direct messages")
        if user not in self._workspace.users:
            raise ValueError(f"no such user: {user}")
        if user not in place.members:
            self._backend.activity.join(place, user)

    def open_app_home(self, user: str, tab: str = "messages") -> None:
        """A person opens the app's page, which is where direct messages with it are."""
        channel = self._workspace.direct_channel([self._backend.bot_user, user])
        ts = self._workspace.next_ts()
        event = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab, "event_ts": ts}
        self._backend.feed.announce("app_home_opened", event, channel=channel.id, ts=ts)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """A person presses the stop button of a session, which leaves the session's status as it is."""
        ts = self._workspace.next_ts()
        event: dict[str, Any] = {"type": "agent_session_stopped", "channel": channel, "thread_ts": thread_ts}
        event |= {"user": user, "streaming_message_ts": [], "event_ts": ts}
        self._backend.feed.announce("agent_session_stopped", event, channel=channel, ts=ts)

    def _writable(self, user: str, channel: str) -> Channel:
        """A public channel is joined by writing in it, as Slack's clients offer; private ones need an invitation."""
        place = self._workspace.channels[channel]
        if user not in self._workspace.users:
            raise ValueError(f"no such user: {user}")
        if place.is_archived:
            raise ValueError(f"#{place.name} is archived")
        if user not in place.members:
            if place.is_private:
                raise ValueError(f"{user} is not a member of {place.name}")
            place.members.append(user)
        return place

    def _root(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        root = self._workspace.message(channel.id, thread_ts)
        if root is None or root.thread_ts is not None:
            raise ValueError(f"{thread_ts} is not the first message of a thread")
        return thread_ts

    def _message(self, channel: str, ts: str) -> Message:
        message = self._workspace.message(channel, ts)
        if message is None:
            raise ValueError(f"no message {ts} in {channel}")
        return message

    def _other(self) -> User:
        if self._other_bot is None:
            new_id = self._workspace.new_id
            bot = User(new_id("U"), "otherbot", "Other Bot", "otherbot", is_bot=True)
            self._other_bot = replace(bot, bot_id=new_id("B"), app_id=new_id("A"))
            self._workspace.add_user(self._other_bot)
        return self._other_bot
