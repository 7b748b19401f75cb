"""People, channels, and the messages in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

ChannelKind = Literal["channel", "group", "im", "mpim"]  # Slack's channel_type; "group" is a private channel


@dataclass(frozen=True)
class User:
    """A person or a bot. The names are Slack's: `name` is the handle, `display_name` what messages show."""

    id: str
    name: str
    real_name: str
    display_name: str
    is_bot: bool = False
    bot_id: str = ""
    app_id: str = ""
    tz: str = "America/New_York"
    title: str = ""
    foreign_team: str = ""  # another workspace, for somebody who is here through Slack Connect
    organisation: str = ""  # with several workspaces (Enterprise Grid), to which the person's workspace belongs
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_deactivated: bool = False


@dataclass(frozen=True)
class UserGroup:
    """People who are mentioned together by a handle, such as @oncall. `created` is in whole seconds since 1970."""

    id: str
    name: str
    handle: str
    users: tuple[str, ...]
    created: int
    disabled: int = 0  # when it was disabled, in whole seconds since 1970; 0 if it is not


@dataclass(frozen=True)
class Edited:
    """Who edited a message last, and when. For the app, `user` is its bot id."""

    user: str
    ts: str


@dataclass(frozen=True)
class Message:
    """One message as it is now. `thread_ts` is set on replies only; `blocks` are those that the author sent."""

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
    streaming_state: str | None = None  # of a streamed message: in_progress, completed or errored
    details: dict[str, Any] = field(default_factory=dict)  # what a notice of Slack says in fields of its own

    def streamed(self, state: str, text: str, blocks: list[dict[str, Any]]) -> Message:
        """The same message with what has been streamed so far."""
        return replace(self, streaming_state=state, text=text, blocks=blocks)

    @property
    def root_ts(self) -> str:
        """The `ts` of the thread's first message, which may be this one."""
        return self.thread_ts or self.ts

    @property
    def in_channel_view(self) -> bool:
        """Whether the channel shows the message, and not only its thread."""
        return self.thread_ts is None or self.subtype == "thread_broadcast"

    def mentions(self, user_id: str) -> bool:
        """Whether the text has a mention of this user."""
        return re.search(rf"<@{re.escape(user_id)}(\|[^>]*)?>", self.text) is not None


@dataclass(frozen=True)
class Ephemeral(Message):
    """A message that only the person `to` sees."""

    to: str = ""


@dataclass(frozen=True)
class Description:
    """What a channel says of itself, as its topic or its purpose. `last_set` is in whole seconds since 1970."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass
class Channel:
    """A channel or direct messages. `members` are user ids; `replies` are the `ts` of replies, by their root's."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    is_archived: bool = False
    is_shared: bool = False  # with other workspaces, through Slack Connect
    topic: Description = Description()
    purpose: Description = Description()

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"


def with_block_ids(blocks: Iterable[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
    """The blocks as Slack gives them back: a block without a `block_id` gets one that starts with `mark`."""
    return [{"block_id": f"{mark}.{index}"} | block for index, block in enumerate(blocks)]
