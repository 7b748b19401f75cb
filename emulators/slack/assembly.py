"""Puts the parts of the stand-in together: one workspace, one app, and what serves them."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from emulators.slack.backend import Backend
from emulators.slack.clock import Clock
from emulators.slack.events.deliveries import Deliveries
from emulators.slack.events.feed import EventFeed
from emulators.slack.events.message_writer import MessageWriter
from emulators.slack.events.socket_mode import SocketMode
from emulators.slack.events.streams import Streams
from emulators.slack.presentation.json_shapes import Shapes
from emulators.slack.presentation.visible_text import Reader
from emulators.slack.rules.rate_limits import RateLimits
from emulators.slack.rules.scopes import BOT_SCOPES, Scopes
from emulators.slack.settings import Settings
from emulators.slack.state.app_context import AppContext
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.files import Files
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import User
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.suggested_prompts import SuggestedPrompts
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace
from emulators.slack.web_api.file_transfers import FileTransfers


def build(
    clock: Clock, chance: Random, tokens: tuple[str, str], *, subscriptions: Collection[str], settings: Settings
) -> Backend:
    """A workspace with nobody in it but the app. `tokens` are the bot's and the app's; `subscriptions` are events."""
    workspace = Workspace(clock, chance)
    installation = _install(workspace, tokens)
    changes, scopes = ChangeLog(), Scopes(BOT_SCOPES)
    sockets, deliveries = _connect(installation.app_id, clock, chance, changes, settings)
    shapes, app_context, reader = Shapes(workspace, installation), AppContext(installation), Reader(workspace)
    feed = EventFeed(
        shapes=shapes,
        scopes=scopes,
        subscriptions=subscriptions,
        deliveries=deliveries,
        app_context=app_context,
        clock=clock,
        chance=chance,
        mentions_without_files=settings.mentions_without_files,
    )
    statuses, files = Statuses(clock, changes), Files(workspace, installation)
    writer = MessageWriter(shapes=shapes, statuses=statuses, changes=changes, feed=feed, reader=reader, clock=clock)
    return Backend(
        installation=installation,
        clock=clock,
        settings=settings,
        workspace=workspace,
        scopes=scopes,
        limits=RateLimits(clock, are_on=settings.rate_limits),
        shapes=shapes,
        reader=reader,
        changes=changes,
        statuses=statuses,
        streams=Streams(workspace, writer, statuses, clock),
        writer=writer,
        feed=feed,
        deliveries=deliveries,
        sockets=sockets,
        files=files,
        transfers=FileTransfers(files, scopes, changes),
        views=Views(workspace, installation, clock),
        suggestions=SuggestedPrompts(),
        app_context=app_context,
    )


def _connect(
    app_id: str, clock: Clock, chance: Random, changes: ChangeLog, settings: Settings
) -> tuple[SocketMode, Deliveries]:
    """The app's connections, and what is delivered over them."""
    sockets = SocketMode(app_id, clock, chance, changes)
    deliveries = Deliveries(clock, chance, changes, sockets.send, delayed_events=settings.delayed_events)
    sockets.acknowledge = deliveries.acknowledge
    return sockets, deliveries


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
