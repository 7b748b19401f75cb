"""What is written in Slack: messages, and the people and channels they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

ChannelKind = Literal["channel", "group", "im", "mpim"]  # Slack's channel_type; "group" is a private channel


@dataclass(frozen=True)
class User:
    id: str
    name: str
    real_name: str
    display_name: str
    is_bot: bool = False
    bot_id: str = ""
    app_id: str = ""
    tz: str = "Europe/London"
    foreign_team: str = ""  # the workspace that somebody is from who is here through Slack Connect
    organisation: str = ""  # with several workspaces (Enterprise Grid), to which the person's workspace belongs
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_deactivated: bool = False


@dataclass(frozen=True)
class Edited:
    """Who edited a message last (the bot id when the app did it) and when."""

    user: str
    ts: str


@dataclass(frozen=True)
class Message:
    """One message as it stands now. `thread_ts` is set on replies only; `blocks` are those that were posted."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    client_msg_id: str | None = None
    edited: Edited | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    streaming_state: str | None = None  # in_progress, completed or errored, of a message that was streamed

    def streamed(self, state: str, text: str, blocks: list[dict[str, Any]]) -> Message:
        """The message as a stream has written it so far."""
        return replace(self, streaming_state=state, text=text, blocks=blocks)

    @property
    def root_ts(self) -> str:
        """The `ts` of the thread that this message is part of or could become the root of."""
        return self.thread_ts or self.ts

    @property
    def in_channel_view(self) -> bool:
        """Shown in the channel itself and not only in its thread."""
        return self.thread_ts is None or self.subtype == "thread_broadcast"

    def mentions(self, user_id: str) -> bool:
        return re.search(rf"<@{re.escape(user_id)}(\|[^>]*)?>", self.text) is not None


@dataclass(frozen=True)
class Ephemeral(Message):
    """A message that only one person sees: `to`."""

    to: str = ""


@dataclass
class Channel:
    """A conversation; `members` are user ids in the order in which they came, `replies` the `ts` of each thread's."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    is_archived: bool = False
    is_shared: bool = False  # with other workspaces, through Slack Connect

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"
