"""What people and other apps do in the workspace: write, edit, delete, join, look at things, press stop."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from emulators.slack.delivery.rich_text import generated_block
from emulators.slack.state.messages import Channel, Message, User
from emulators.slack.web_api.backend import Backend
from emulators.slack.web_api.methods.agents import MAX_TITLE

File = Mapping[str, Any]
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")


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
        blocks: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """A person writes; the `ts` of the message. `text` is Slack's escaped text with its tokens.

        Without `blocks`, Slack makes one of the text.
        """
        place = self._writable(user, channel)
        created = int(self._backend.clock.now())
        message = Message(
            channel=place.id,
            ts=self._workspace.next_ts(),
            user=user,
            text=text,
            thread_ts=self._root(place, thread_ts),
            subtype=subtype or ("file_share" if files else None),
            blocks=list(blocks or []),
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
        """The author changes the text of a message; tables, files and attachments stay."""
        message = self._message(channel, ts)
        others = [block for block in message.blocks if block["type"] != "rich_text"]
        blocks = [generated_block(text, message.ts), *others] if others else []
        self._backend.activity.edit(message, message.user, text=text, blocks=blocks)

    def delete(self, channel: str, ts: str) -> None:
        self._backend.activity.delete(self._message(channel, ts))

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds the preview of a link: the message changes and its text does not."""
        preview = {"from_url": "https://example.com/", "title": "Example", "fallback": "Example", "id": 1}
        message = self._message(channel, ts)
        self._backend.activity.change(message, attachments=[*message.attachments, preview])

    def delete_file(self, file_id: str) -> None:
        """Somebody deletes a file; the messages that carry it change, and show that it is gone."""
        stone = self._backend.files.delete(file_id)
        for place in self._workspace.channels.values():
            for message in [*place.messages.values()]:
                if any(file["id"] == file_id for file in message.files):
                    files = [stone if file["id"] == file_id else file for file in message.files]
                    self._backend.activity.change(message, files=files)

    def recount(self, channel: str, ts: str) -> None:
        """Slack notes that a thread has grown: the root changes, and its text does not."""
        root = self._message(channel, ts)
        if not self._workspace.replies(root):
            raise ValueError(f"{ts} has no replies to count")
        self._backend.feed.recounted(root)

    def join(self, user: str, channel: str) -> None:
        place = self._workspace.channels[channel]
        if place.kind in ("im", "mpim"):
            raise ValueError("nobody joins direct messages")
        self._check_person(user, place)
        if user not in place.members:
            self._backend.activity.join(place, user)

    def open_app_home(self, user: str, tab: str = "messages") -> None:
        """A person opens the app's page: its Home tab, or the direct messages with it."""
        if tab == "home" and not self._backend.profile.home_tab:
            raise ValueError("the app has no Home tab")
        channel, ts = self._direct(user), self._workspace.next_ts()
        event: dict[str, Any] = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
        if tab == "home" and user in self._backend.views.homes:
            event["view"] = self._backend.views.homes[user]
        context = self._backend.attention.context(user)
        if tab == "messages" and context:
            event["context"] = context
        self._backend.feed.announce("app_home_opened", event | {"event_ts": ts}, channel=channel.id, ts=ts)

    def look_at(self, user: str, channel: str | None) -> None:
        """A person with the agent at the side goes to a channel, or to nothing in particular."""
        if not self._backend.profile.is_agent:
            raise ValueError("only an agent is told what people look at")
        if channel is not None and user not in self._workspace.channels[channel].members:
            raise ValueError(f"{user} is not a member of {channel}")
        self._backend.attention.look_at(user, channel)
        direct, ts = self._direct(user), self._workspace.next_ts()
        event: dict[str, Any] = {"type": "app_context_changed", "user": user, "channel": direct.id, "event_ts": ts}
        event["context"] = self._backend.attention.context(user)
        self._backend.feed.announce("app_context_changed", event, channel=direct.id, ts=ts)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """A person adds a reaction to a message."""
        message = self._seen(user, channel, ts)
        if not _EMOJI.fullmatch(name):
            raise ValueError(f"there is no emoji {name!r}")
        if user in message.reactions.get(name, []):
            raise ValueError("nobody adds the same reaction twice")
        self._backend.activity.react(message, user, name)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """A person presses the stop button of a session, which leaves the session's status as it is.

        Nothing can be appended any more to the thread's streams.
        """
        ts = self._workspace.next_ts()
        event: dict[str, Any] = {"type": "agent_session_stopped", "channel": channel, "thread_ts": thread_ts}
        event |= {"user": user, "event_ts": ts}
        event["streaming_message_ts"] = self._backend.streams.stop_by_user(channel, thread_ts)
        self._backend.feed.announce("agent_session_stopped", event, channel=channel, ts=ts)

    def rename_session(self, user: str, channel: str, thread_ts: str, title: str) -> None:
        """A person gives a conversation with the agent another title."""
        self._seen(user, channel, thread_ts)
        if not 1 <= len(title) <= MAX_TITLE:
            raise ValueError(f"a title has 1 to {MAX_TITLE} characters")
        previous = self._backend.statuses.rename(channel, thread_ts, title)
        if previous is None:
            raise ValueError(f"{thread_ts} is no conversation with the agent")
        ts, team_id = self._workspace.next_ts(), self._backend.installation.team_id
        event: dict[str, Any] = {"type": "agent_session_title_changed", "channel": channel, "thread_ts": thread_ts}
        event |= {"user": user, "title": title, "team_id": team_id, "event_ts": ts}
        event |= {"previous_title": previous} if previous else {}
        self._backend.feed.announce("agent_session_title_changed", event, channel=channel, ts=ts)

    def _writable(self, user: str, channel: str) -> Channel:
        """A public channel is joined by writing in it, as Slack's clients offer; a private one never, nor by guests."""
        place = self._workspace.channels[channel]
        self._check_person(user, place)
        if place.is_archived:
            raise ValueError(f"#{place.name} is archived")
        if user not in place.members:
            person = self._workspace.users[user]
            if place.is_private or person.is_guest or person.is_single_channel_guest:
                raise ValueError(f"{user} is not a member of {place.name}")
            place.members.append(user)
        return place

    def _check_person(self, user: str, place: Channel) -> None:
        person = self._workspace.users.get(user)
        if person is None:
            raise ValueError(f"no such user: {user}")
        if person.is_deactivated:
            raise ValueError(f"{person.name} has been deactivated")
        if not self._workspace.admits(person, place.kind, is_shared=place.is_shared):
            raise ValueError(f"{person.name} is from another workspace, and #{place.name} is not shared")

    def _direct(self, user: str) -> Channel:
        return self._workspace.direct_channel([self._backend.bot_user, user])

    def _root(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        root = self._workspace.message(channel.id, thread_ts)
        if root is None or root.thread_ts is not None:
            raise ValueError(f"{thread_ts} is not the first message of a thread")
        return thread_ts

    def _seen(self, user: str, channel: str, ts: str) -> Message:
        """A message of a channel that the person can look into."""
        place = self._workspace.channels[channel]
        if place.is_private and user not in place.members:
            raise ValueError(f"{user} is not a member of {place.name}")
        return self._message(channel, ts)

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
