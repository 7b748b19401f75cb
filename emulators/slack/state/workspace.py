"""One workspace: its users, channels and messages, its ids and its timestamps."""

from __future__ import annotations

import random
import string
from collections.abc import Iterable, Sequence
from dataclasses import replace

from emulators.slack.clock import Clock
from emulators.slack.state.messages import Channel, ChannelKind, Ephemeral, Message, User, UserGroup

TOMBSTONE_TEXT = "This message was deleted."


class Workspace:
    """Stores users, channels and messages. Unknown ids raise KeyError."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._last_microseconds = 0
        self._ids: set[str] = set()
        self.users: dict[str, User] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Ephemeral] = []  # shown once to one person, and part of no channel

    def new_id(self, prefix: str) -> str:
        """A new id in Slack's form: the prefix, which tells the kind, and ten more characters."""
        while True:
            candidate = prefix + "0" + "".join(self._chance.choices(string.ascii_uppercase + string.digits, k=9))
            if candidate not in self._ids:
                self._ids.add(candidate)
                return candidate

    def now(self) -> float:
        """The time of the stand-in's clock, in seconds since 1970."""
        return self._clock.now()

    def past_ts(self, channel: Channel, moment: float) -> str:
        """A `ts` of that moment. Raises ValueError unless it is over, and after all that is said in the channel."""
        ts = f"{moment:.6f}"
        if moment >= self._clock.now():
            raise ValueError("what has been said already was said in the past")
        if any(earlier >= ts for earlier in channel.messages):
            raise ValueError(f"#{channel.name} has messages that are newer")
        return ts

    def next_ts(self) -> str:
        """A new `ts`, greater than every earlier one."""
        self._last_microseconds = max(round(self._clock.now() * 1_000_000), self._last_microseconds + 1)
        seconds, microseconds = divmod(self._last_microseconds, 1_000_000)
        return f"{seconds}.{microseconds:06d}"

    def resume(self, last_ts: str, ids: Iterable[str]) -> None:
        """Go on after a snapshot: its ids stay taken, timestamps follow its last `ts`, and new ids are random."""
        seconds, _, microseconds = last_ts.partition(".")
        self._last_microseconds = max(self._last_microseconds, int(seconds) * 1_000_000 + int(microseconds))
        self._ids.update(ids)
        self._chance.seed()

    def add_user(self, user: User) -> None:
        """Raises ValueError if the name is taken."""
        if any(user.name == other.name for other in self.users.values()):
            raise ValueError(f"the name {user.name!r} is taken")
        self.users[user.id] = user

    def add_user_group(self, name: str, handle: str, users: Sequence[str]) -> UserGroup:
        """Raises ValueError if the handle is taken, also by a person, or if somebody is not in the workspace."""
        taken = {*(group.handle for group in self.user_groups.values()), *(user.name for user in self.users.values())}
        if handle in taken:
            raise ValueError(f"the name {handle!r} is taken")
        unknown = [user for user in users if user not in self.users]
        if unknown:
            raise ValueError(f"no such users: {', '.join(unknown)}")
        members, created = tuple(dict.fromkeys(users)), int(self._clock.now())
        group = UserGroup(self.new_id("S"), name, handle, members, created)
        self.user_groups[group.id] = group
        return group

    def add_channel(self, name: str, kind: ChannelKind, members: Sequence[str], *, is_shared: bool = False) -> Channel:
        """Raises ValueError if the name is taken, or if one of the members cannot be in such a channel."""
        if kind in ("channel", "group"):
            self.check_name(name)
        self._check_members(members, kind, is_shared=is_shared)
        prefix = "D" if kind == "im" else "C"
        everybody, created = list(dict.fromkeys(members)), int(self._clock.now())
        channel = Channel(self.new_id(prefix), name, kind, created, everybody, is_shared=is_shared)
        self.channels[channel.id] = channel
        return channel

    def check_name(self, name: str) -> None:
        """Raise ValueError if a channel has this name."""
        if any(name == channel.name for channel in self.channels.values()):
            raise ValueError(f"the name {name!r} is taken")

    def _check_members(self, members: Sequence[str], kind: ChannelKind, *, is_shared: bool) -> None:
        unknown = [member for member in members if member not in self.users]
        if unknown:
            raise ValueError(f"no such users: {', '.join(unknown)}")
        strangers = [one for one in members if not self.admits(self.users[one], kind, is_shared=is_shared)]
        if strangers:
            raise ValueError(f"the channel is not shared with the workspace of {', '.join(strangers)}")

    def admits(self, user: User, kind: ChannelKind, *, is_shared: bool) -> bool:
        """Whether the user can be in such a channel: people from other workspaces only if it is shared, or direct."""
        return is_shared or not user.foreign_team or kind in ("im", "mpim")

    def direct_channel(self, members: Sequence[str]) -> Channel:
        """The direct messages of exactly these users, which are opened if they do not exist yet."""
        for channel in self.channels.values():
            if channel.kind in ("im", "mpim") and set(channel.members) == set(members):
                return channel
        kind: ChannelKind = "im" if len(set(members)) == 2 else "mpim"
        names = [self.users[member].name for member in members]
        return self.add_channel("directmessage" if kind == "im" else f"mpdm-{'--'.join(names)}-1", kind, members)

    def store(self, message: Message) -> None:
        """Store a message, in place of an earlier version of it."""
        channel = self.channels[message.channel]
        if message.thread_ts is not None and message.ts not in channel.messages:
            channel.replies.setdefault(message.thread_ts, []).append(message.ts)
        channel.messages[message.ts] = message

    def remove(self, message: Message) -> Message | None:
        """Remove a message. A thread's root that has replies leaves a tombstone in its place, which is returned."""
        channel = self.channels[message.channel]
        if channel.replies.get(message.ts):
            stone = replace(message, user="USLACKBOT", bot_id=None, app_id=None, text=TOMBSTONE_TEXT)
            stone = replace(stone, subtype="tombstone", blocks=[], attachments=[], files=[], metadata=None, edited=None)
            channel.messages[message.ts] = stone
            return stone
        del channel.messages[message.ts]
        if message.thread_ts is not None:
            channel.replies[message.thread_ts].remove(message.ts)
            self._remove_bare_tombstone(channel, message.thread_ts)
        return None

    def _remove_bare_tombstone(self, channel: Channel, ts: str) -> None:
        """Slack drops the tombstone with the last reply below it."""
        root = channel.messages.get(ts)
        if root is not None and root.subtype == "tombstone" and not channel.replies[ts]:
            del channel.messages[ts]

    def message(self, channel_id: str, ts: str) -> Message | None:
        return self.channels[channel_id].messages.get(ts)

    def replies(self, parent: Message) -> list[Message]:
        """The replies to a message, oldest first."""
        channel = self.channels[parent.channel]
        return [channel.messages[ts] for ts in channel.replies.get(parent.ts, [])]

    def thread(self, channel_id: str, thread_ts: str) -> list[Message]:
        """The root and its replies, oldest first; empty if there is no such message."""
        parent = self.message(channel_id, thread_ts)
        return [] if parent is None else [parent, *self.replies(parent)]
