"""What a Web API method works with, and the look-ups that all families of methods share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulators.slack.delivery.activity import Activity
from emulators.slack.delivery.deliveries import Deliveries
from emulators.slack.delivery.events import EventFeed
from emulators.slack.delivery.shapes import Shapes
from emulators.slack.delivery.socket_mode import SocketMode
from emulators.slack.delivery.streams import Streams
from emulators.slack.delivery.visible_text import Reader
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.attention import Attention
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.clock import Clock
from emulators.slack.state.files import Files
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import Channel, Message
from emulators.slack.state.profile import Profile
from emulators.slack.state.rate_limits import RateLimits
from emulators.slack.state.scopes import Scopes
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.suggestions import Suggestions
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace
from emulators.slack.web_api.file_transfers import FileTransfers

_TS = re.compile(r"\d+\.\d{6}")


@dataclass
class Backend:
    """The parts of the emulator. `origin` is its own address."""

    installation: Installation
    clock: Clock
    workspace: Workspace
    scopes: Scopes
    shapes: Shapes
    reader: Reader
    changes: ChangeLog
    statuses: Statuses
    streams: Streams
    activity: Activity
    feed: EventFeed
    deliveries: Deliveries
    files: Files
    transfers: FileTransfers
    views: Views
    suggestions: Suggestions
    attention: Attention
    profile: Profile
    sockets: SocketMode
    limits: RateLimits
    origin: str = ""

    @property
    def bot_user(self) -> str:
        return self.installation.bot_user_id

    def is_member(self, channel: Channel) -> bool:
        return self.bot_user in channel.members

    def channel(self, arguments: Arguments, name: str = "channel") -> Channel:
        """The channel that the argument names; channel_not_found also for those that the app must not see."""
        channel = self.workspace.channels.get(arguments.required(name))
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise SlackError("channel_not_found")
        return channel

    def readable(self, arguments: Arguments, scope_of: dict[Any, str]) -> Channel:
        """A channel whose messages the app may read."""
        channel = self.channel(arguments)
        self.scopes.require(scope_of[channel.kind])
        if not self.is_member(channel):
            raise SlackError("not_in_channel")
        return channel

    def visible_message(self, channel: Channel, ts: str) -> Message | None:
        message = self.workspace.message(channel.id, ts)
        return message if message is not None and self.is_readable(message) else None

    def is_readable(self, message: Message) -> bool:
        """Whether reads already show the message; the app's own posts can take `read_lag` seconds to get there."""
        lag = self.profile.read_lag
        return float(message.ts) <= self.clock.now() - lag or not lag

    def check_root(self, channel: Channel, thread_ts: str) -> None:
        """Raise invalid_thread_ts unless this is the timestamp of a message that is not itself a reply."""
        root = self.workspace.message(channel.id, thread_ts)
        if root is None or root.thread_ts is not None:
            raise SlackError("invalid_thread_ts")


Method = Callable[[Backend, Arguments], dict[str, Any]]


def is_ts(value: str) -> bool:
    return _TS.fullmatch(value) is not None
