"""The parts of the stand-in, and the look-ups that the methods of the Web API share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulators.slack.clock import Clock
from emulators.slack.events.deliveries import Deliveries
from emulators.slack.events.feed import EventFeed
from emulators.slack.events.message_writer import MessageWriter
from emulators.slack.events.socket_mode import SocketMode
from emulators.slack.events.streams import Streams
from emulators.slack.presentation.json_shapes import Shapes
from emulators.slack.presentation.visible_text import Reader
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.rate_limits import RateLimits
from emulators.slack.rules.scopes import Scopes
from emulators.slack.settings import Settings
from emulators.slack.state.app_context import AppContext
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.files import Files
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import Channel, Message
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.suggested_prompts import SuggestedPrompts
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace
from emulators.slack.web_api.file_transfers import FileTransfers

_TS = re.compile(r"\d+\.\d{6}")


@dataclass
class Backend:
    """The parts of the stand-in. `origin` is its own address."""

    installation: Installation
    clock: Clock
    settings: Settings
    workspace: Workspace
    scopes: Scopes
    limits: RateLimits
    shapes: Shapes
    reader: Reader
    changes: ChangeLog
    statuses: Statuses
    streams: Streams
    writer: MessageWriter
    feed: EventFeed
    deliveries: Deliveries
    sockets: SocketMode
    files: Files
    transfers: FileTransfers
    views: Views
    suggestions: SuggestedPrompts
    app_context: AppContext
    origin: str = ""

    @property
    def bot_user(self) -> str:
        return self.installation.bot_user_id

    def is_member(self, channel: Channel) -> bool:
        """Whether the app is a member of the channel."""
        return self.bot_user in channel.members

    def channel(self, arguments: Arguments, name: str = "channel") -> Channel:
        """The channel that the argument names. Raises channel_not_found also for one that the app must not see."""
        channel = self.workspace.channels.get(arguments.required(name))
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise SlackError("channel_not_found")
        return channel

    def readable(self, arguments: Arguments, scope_of: dict[str, str]) -> Channel:
        """A channel whose messages the app may read. `scope_of`: the scope that it needs, by the kind of channel."""
        channel = self.channel(arguments)
        self.scopes.require(scope_of[channel.kind])
        if not self.is_member(channel):
            raise SlackError("not_in_channel")
        return channel

    def own_message(self, channel: Channel, ts: str, *, refusal: str) -> Message:
        """A message of the app. Raises `refusal` for a message of somebody else."""
        message = self.workspace.message(channel.id, ts)
        if message is None or message.subtype == "tombstone":
            raise SlackError("message_not_found")
        if message.user != self.bot_user:
            raise SlackError(refusal)
        return message

    def new_message(self, channel: Channel, thread_ts: str | None, text: str, **fields: Any) -> Message:
        """A message of the app, not yet posted."""
        own = self.installation
        return Message(
            channel=channel.id,
            ts=self.workspace.next_ts(),
            user=own.bot_user_id,
            text=text,
            thread_ts=thread_ts,
            bot_id=own.bot_id,
            app_id=own.app_id,
            **fields,
        )

    def is_readable(self, message: Message) -> bool:
        """Whether reads show the message already; a new one may be shown only after the setting `read_lag`."""
        lag = self.settings.read_lag
        return float(message.ts) <= self.clock.now() - lag or not lag

    def check_root(self, channel: Channel, thread_ts: str) -> None:
        """Raise invalid_thread_ts unless this is the `ts` of a message that is not itself a reply."""
        root = self.workspace.message(channel.id, thread_ts)
        if root is None or root.thread_ts is not None:
            raise SlackError("invalid_thread_ts")


Method = Callable[[Backend, Arguments], dict[str, Any]]


def is_ts(value: str) -> bool:
    """Whether the value has the form of a `ts`."""
    return _TS.fullmatch(value) is not None
