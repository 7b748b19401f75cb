"""Putting the parts of the emulator together: one workspace, one app, and what serves them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from playground.slack.activity import Activity
from playground.slack.attention import Attention
from playground.slack.backend import Backend
from playground.slack.changes import ChangeLog
from playground.slack.clock import Clock
from playground.slack.deliveries import Deliveries
from playground.slack.events import EventFeed
from playground.slack.file_transfers import FileTransfers
from playground.slack.files import Files
from playground.slack.installation import Installation
from playground.slack.messages import User
from playground.slack.profile import Profile
from playground.slack.rate_limits import RateLimits
from playground.slack.scopes import Scopes
from playground.slack.shapes import Shapes
from playground.slack.socket_mode import SocketMode
from playground.slack.statuses import Statuses
from playground.slack.streams import Streams
from playground.slack.suggestions import Suggestions
from playground.slack.views import Views
from playground.slack.visible_text import Reader
from playground.slack.workspace import Workspace


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
