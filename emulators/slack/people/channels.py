"""What people, other bots and Slack itself do in channels: write, edit, delete, join, react."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people.permissions import (
    check_admitted,
    described_channel,
    existing_message,
    seen_message,
    thread_root,
    writable_channel,
)
from emulators.slack.presentation.rich_text import generated_block
from emulators.slack.state.messages import Message, User

File = Mapping[str, Any]
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")
_OTHER_BOT = "otherbot"


class PeopleInChannels:
    """The part of `SlackEmulator` that writes for people."""

    _backend: Backend
    _chance: Random

    def say(  # noqa: PLR0917
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[File] | None = None,
        subtype: str | None = None,
        attachments: Sequence[dict[str, Any]] | None = None,
        blocks: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """A person writes. Returns the `ts` of the message. `text` is Slack's escaped text, with its tokens.

        `files` are `{name, mimetype?, content?, size?, hidden?, redirect_to?}`, see `Files.add`. Without `blocks`,
        Slack makes one of the text. A pasted table comes in `blocks`, or as a block of an attachment.
        """
        workspace = self._backend.workspace
        place = writable_channel(workspace, user, channel)
        created = int(self._backend.clock.now())
        message = Message(
            channel=place.id,
            ts=workspace.next_ts(),
            user=user,
            text=text,
            thread_ts=thread_root(workspace, place, thread_ts),
            subtype=subtype or ("file_share" if files else None),
            blocks=list(blocks or []),
            attachments=list(attachments or []),
            files=[self._backend.files.add(file, user, created) for file in files or []],
            client_msg_id=self._name(),
        )
        self._backend.writer.post(message)
        return message.ts

    def say_earlier(self, user: str, channel: str, text: str, *, at: float, thread_ts: str | None = None) -> str:
        """A person has said something at that moment, in seconds since 1970, and the app is not told any more.

        Returns the `ts`. Raises ValueError for what is older than something that the channel has already.
        """
        workspace = self._backend.workspace
        place = writable_channel(workspace, user, channel)
        ts = workspace.past_ts(place, at)
        message = Message(
            place.id, ts, user, text, thread_root(workspace, place, thread_ts), client_msg_id=self._name()
        )
        self._backend.writer.recall(message)
        return ts

    def say_as_other_bot(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Another app writes: an ordinary message with a `bot_id`. Returns the `ts` of the message."""
        workspace, bot = self._backend.workspace, self._other_bot()
        place = workspace.channels[channel]
        message = Message(
            channel=place.id,
            ts=workspace.next_ts(),
            user=bot.id,
            text=text,
            thread_ts=thread_root(workspace, place, thread_ts),
            bot_id=bot.bot_id,
            app_id=bot.app_id,
        )
        self._backend.writer.post(message)
        return message.ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """The author changes the text of a message; tables, files and attachments stay."""
        message = existing_message(self._backend.workspace, channel, ts)
        others = [block for block in message.blocks if block["type"] != "rich_text"]
        blocks = [generated_block(text, message.ts), *others] if others else []
        self._backend.writer.edit(message, message.user, text=text, blocks=blocks)

    def delete(self, channel: str, ts: str) -> None:
        """The author deletes a message."""
        self._backend.writer.delete(existing_message(self._backend.workspace, channel, ts))

    def delete_file(self, file_id: str) -> None:
        """A file is deleted: the messages that carry it change, and show a tombstone in its place."""
        self._backend.delete_file(file_id)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """A person adds a reaction to a message."""
        message = seen_message(self._backend.workspace, user, channel, ts)
        if not _EMOJI.fullmatch(name):
            raise ValueError(f"there is no emoji {name!r}")
        if user in message.reactions.get(name, []):
            raise ValueError("nobody adds the same reaction twice")
        self._backend.writer.react(message, user, name)

    def join(self, user: str, channel: str) -> None:
        """A person joins a channel; nothing happens if they are in it already."""
        place = self._backend.workspace.channels[channel]
        if place.kind in ("im", "mpim"):
            raise ValueError("nobody joins direct messages")
        check_admitted(self._backend.workspace, user, place)
        if user not in place.members:
            self._backend.writer.join(place, user)

    def leave(self, user: str, channel: str) -> None:
        """A person leaves a channel. What they have written stays."""
        place = self._backend.workspace.channels[channel]
        if user not in place.members or place.kind in ("im", "mpim"):
            raise ValueError(f"{user} cannot leave {place.name}")
        self._backend.writer.leave(place, user)

    def set_topic(self, user: str, channel: str, text: str) -> None:
        """A person gives a channel another topic; an empty one takes it away."""
        self._backend.writer.describe(described_channel(self._backend.workspace, user, channel), user, "topic", text)

    def set_purpose(self, user: str, channel: str, text: str) -> None:
        """A person gives a channel another purpose, which Slack's clients call its description."""
        self._backend.writer.describe(described_channel(self._backend.workspace, user, channel), user, "purpose", text)

    def rename_channel(self, user: str, channel: str, name: str) -> None:
        """A person gives a channel another name."""
        place = described_channel(self._backend.workspace, user, channel)
        self._backend.workspace.check_name(name)
        self._backend.writer.rename(place, user, name)

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds the preview of a link: `message_changed`, with the same text."""
        preview = {"from_url": "https://example.com/", "title": "Example", "fallback": "Example", "id": 1}
        message = existing_message(self._backend.workspace, channel, ts)
        self._backend.writer.change(message, attachments=[*message.attachments, preview])

    def recount(self, channel: str, ts: str) -> None:
        """Slack tells of a thread that has grown: `message_changed` for its root, with the same text."""
        root = existing_message(self._backend.workspace, channel, ts)
        if not self._backend.workspace.replies(root):
            raise ValueError(f"{ts} has no replies to count")
        self._backend.feed.recounted(root)

    def _name(self) -> str:
        """The `client_msg_id` of a message, which Slack's clients choose."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _other_bot(self) -> User:
        """The one bot of another app, which is added when it first writes."""
        workspace = self._backend.workspace
        for user in workspace.users.values():
            if user.name == _OTHER_BOT:
                return user
        bot = User(workspace.new_id("U"), _OTHER_BOT, "Other Bot", _OTHER_BOT, is_bot=True)
        bot = replace(bot, bot_id=workspace.new_id("B"), app_id=workspace.new_id("A"))
        workspace.add_user(bot)
        return bot
