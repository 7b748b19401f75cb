"""Putting the parts of the emulator together: one workspace, one app, and what serves them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from emulators.slack.delivery.activity import Activity
from emulators.slack.delivery.deliveries import Deliveries
from emulators.slack.delivery.events import EventFeed
from emulators.slack.delivery.shapes import Shapes
from emulators.slack.delivery.socket_mode import SocketMode
from emulators.slack.delivery.streams import Streams
from emulators.slack.delivery.visible_text import Reader
from emulators.slack.state.attention import Attention
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.clock import Clock
from emulators.slack.state.files import Files
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import User
from emulators.slack.state.profile import Profile
from emulators.slack.state.rate_limits import RateLimits
from emulators.slack.state.scopes import Scopes
from emulators.slack.state.statuses import Statuses
from emulators.slack.state.suggestions import Suggestions
from emulators.slack.state.views import Views
from emulators.slack.state.workspace import Workspace
from emulators.slack.web_api.backend import Backend
from emulators.slack.web_api.file_transfers import FileTransfers


@dataclass(frozen=True)
class Permissions:
    """What the installed app may do (`scopes`) and is told (`events`)."""

    scopes: Collection[str]
    events: Collection[str]


def build(clock: Clock, chance: Random, tokens: tuple[str, str], *, may: Permissions, profile: Profile) -> Backend:
    """A workspace with nobody in it but the app; `tokens` are the bot's and the app's."""
    workspace = Workspace(clock, chance)
    installation = _install(workspace, tokens)
    changes, granted = ChangeLog(), Scopes(may.scopes)
    sockets, deliveries = _connect(installation.app_id, clock, chance, changes, profile)
    shapes, attention, files = Shapes(workspace, installation), Attention(installation), Files(workspace, installation)
    feed = EventFeed(
        shapes=shapes,
        scopes=granted,
        subscriptions=may.events,
        deliveries=deliveries,
        attention=attention,
        clock=clock,
        chance=chance,
        mentions_without_files=profile.mentions_without_files,
    )
    statuses, reader = Statuses(clock, changes), Reader(workspace)
    activity = Activity(shapes=shapes, statuses=statuses, changes=changes, feed=feed, reader=reader, clock=clock)
    return Backend(
        installation=installation,
        clock=clock,
        workspace=workspace,
        scopes=granted,
        shapes=shapes,
        reader=reader,
        changes=changes,
        statuses=statuses,
        streams=Streams(workspace, activity, statuses, clock, changes),
        activity=activity,
        feed=feed,
        deliveries=deliveries,
        files=files,
        transfers=FileTransfers(files, granted, changes),
        views=Views(workspace, installation, clock),
        suggestions=Suggestions(),
        attention=attention,
        profile=profile,
        sockets=sockets,
        limits=RateLimits(clock, usual=profile.rate_limits, distributed=profile.distributed_app),
    )


def _connect(
    app_id: str, clock: Clock, chance: Random, changes: ChangeLog, profile: Profile
) -> tuple[SocketMode, Deliveries]:
    """The app's connections, and what is delivered over them."""
    sockets = SocketMode(app_id, clock, chance, changes, reusable_tickets=profile.reusable_tickets)
    deliveries = Deliveries(clock, chance, changes, sockets.send, delayed_events=profile.delayed_events)
    sockets.acknowledge = deliveries.acknowledge
    return sockets, deliveries


def _install(workspace: Workspace, tokens: tuple[str, str]) -> Installation:
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
