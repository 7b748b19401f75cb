"""The parts of the stand-in, put together, and the look-ups that the methods of the Web API share."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from random import Random
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
from emulators.slack.rules.scopes import BOT_SCOPES, OPTIONAL_BOT_SCOPES, Scopes
from emulators.slack.settings import Settings
from emulators.slack.state.action_tokens import ActionTokens
from emulators.slack.state.app_context import AppContext
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.entries import Entries
from emulators.slack.state.files import Files
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import Channel, Message, User
from emulators.slack.state.response_addresses import ResponseAddresses
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.suggested_prompts import SuggestedPrompts
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace

_TS = re.compile(r"\d+\.\d{6}")


class Backend:
    """One workspace with nobody in it but the app, and what serves it. `origin` is the address of the stand-in."""

    def __init__(
        self, clock: Clock, chance: Random, tokens: tuple[str, str], *, events: Collection[str], settings: Settings
    ) -> None:
        """`tokens` are the bot's and the app's; `events` those that the app has subscribed to."""
        self.origin = ""
        self.clock, self.settings = clock, settings
        self.scopes = Scopes((*BOT_SCOPES, *OPTIONAL_BOT_SCOPES))
        self.limits = RateLimits(clock, are_on=settings.rate_limits)
        self.changes = ChangeLog()
        self.workspace = Workspace(clock, chance)
        self.installation = own = _install(self.workspace, tokens)
        self.app_context, self.suggestions = AppContext(own), SuggestedPrompts()
        self.action_tokens, self.responses = ActionTokens(clock), ResponseAddresses(clock)
        self.entries = Entries()
        self.statuses, self.views = Statuses(clock, self.changes), Views(self.workspace, own, clock, self.entries)
        self.files = Files(self.workspace, own)
        self.shapes, self.reader = Shapes(self.workspace, own), Reader(self.workspace)
        self._connect(chance, events)
        self.writer = MessageWriter(
            shapes=self.shapes,
            statuses=self.statuses,
            changes=self.changes,
            feed=self.feed,
            reader=self.reader,
            clock=clock,
        )
        self.streams = Streams(self.workspace, self.writer, self.statuses, clock)

    def _connect(self, chance: Random, events: Collection[str]) -> None:
        """The app's connections, and the events that are delivered over them."""
        clock, settings = self.clock, self.settings
        self.sockets = SocketMode(
            settings.app_token_of or self.installation.app_id,
            clock,
            chance,
            self.changes,
            is_switched_on=settings.socket_mode,
            hears_events=not settings.app_token_of,
        )
        self.deliveries = Deliveries(
            clock, chance, self.changes, self.sockets.send, delayed_events=settings.delayed_events
        )
        self.sockets.acknowledge = self.deliveries.acknowledge
        self.feed = EventFeed(
            shapes=self.shapes,
            scopes=self.scopes,
            subscriptions=events,
            deliveries=self.deliveries,
            app_context=self.app_context,
            action_tokens=self.action_tokens if settings.is_agent and settings.search else None,
            clock=clock,
            chance=chance,
            mentions_without_files=settings.mentions_without_files,
            mentions_of_edits=settings.mentions_of_edits,
            nested_action_tokens=settings.nested_action_tokens,
        )

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

    def delete_file(self, file_id: str) -> None:
        """Delete a file, whoever asks. The messages that carry it change, and show a tombstone in its place."""
        stone = self.files.delete(file_id)
        for place in self.workspace.channels.values():
            for message in [*place.messages.values()]:
                if any(file["id"] == file_id for file in message.files):
                    files = [stone if file["id"] == file_id else file for file in message.files]
                    self.writer.change(message, files=files)

    def is_readable(self, message: Message) -> bool:
        """Whether reads show the message already; a new one may be shown only after the setting `read_lag`."""
        lag = self.settings.read_lag
        return float(message.ts) <= self.clock.now() - lag or not lag

    def root(self, channel: Channel, thread_ts: str) -> str | None:
        """The root of the thread to write in; None for a root that is gone, where replies to it are taken."""
        if self.settings.takes_orphans and is_ts(thread_ts) and self.workspace.message(channel.id, thread_ts) is None:
            return None
        self.check_root(channel, thread_ts)
        return thread_ts

    def check_root(self, channel: Channel, thread_ts: str) -> None:
        """Raise invalid_thread_ts unless this is the `ts` of a message that is not itself a reply."""
        root = self.workspace.message(channel.id, thread_ts)
        if root is None or root.thread_ts is not None:
            raise SlackError("invalid_thread_ts")


Method = Callable[[Backend, Arguments], dict[str, Any]]


def is_ts(value: str) -> bool:
    """Whether the value has the form of a `ts`."""
    return _TS.fullmatch(value) is not None


def _install(workspace: Workspace, tokens: tuple[str, str]) -> Installation:
    """The app and its bot user. With the same seed they have the same ids: snapshots are recognised by them."""
    installation = Installation(
        team_id=workspace.new_id("T"),
        team_name="Playground",
        team_domain="playground",
        app_id=workspace.new_id("A"),
        bot_id=workspace.new_id("B"),
        bot_user_id=workspace.new_id("U"),
        bot_name="agent",
        bot_token=tokens[0],
        app_token=tokens[1],
    )
    bot = User(
        id=installation.bot_user_id,
        name=installation.bot_name,
        real_name="Agent",
        display_name=installation.bot_name,
        is_bot=True,
        bot_id=installation.bot_id,
        app_id=installation.app_id,
    )
    workspace.add_user(bot)
    return installation
