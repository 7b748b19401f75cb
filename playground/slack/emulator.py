"""A local Slack with one workspace and one app: the Web API and Socket Mode on a port of this machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from playground.held import Held
from playground.slack import waiting
from playground.slack.assembly import Permissions, Profile, build
from playground.slack.clock import Clock
from playground.slack.control import Control
from playground.slack.deliveries import Delivery
from playground.slack.faults import Condition, Faults
from playground.slack.holds import Holds
from playground.slack.interactions import Interactions
from playground.slack.messages import Message, User
from playground.slack.people import File, People
from playground.slack.scopes import BOT_EVENTS, BOT_SCOPES
from playground.slack.server import Server
from playground.slack.statuses import Session
from playground.slack.web_api import ApiCall, WebApi

Value = TypeVar("Value")


class SlackEmulator:
    """Use as an async context manager; it serves while the block runs, on 127.0.0.1 only.

    `port=0` picks a free one. `seed` decides every id and every random choice. `clock` defaults to real time that can
    be turned forward; `Clock(running=False)` stands still between turns. `scopes` and `events` default to those of the
    usual manifest. Profiles, all off by default: `rate_limits` (Slack's tiers and one post a second and channel),
    `distributed_app` (reading once a minute, 15 messages at a time), `reusable_tickets` (Socket Mode addresses that
    survive a refused handshake), `delayed_events` (hourly retries for a day), `read_lag` (seconds until reads show a
    message that was posted).
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = 0,
        clock: Clock | None = None,
        scopes: Collection[str] | None = None,
        *,
        events: Collection[str] | None = None,
        rate_limits: bool = False,
        distributed_app: bool = False,
        reusable_tickets: bool = False,
        delayed_events: bool = False,
        read_lag: float = 0.0,
        bot_token: str = "xoxb-playground",
        app_token: str = "xapp-playground",
    ) -> None:
        chance = random.Random(seed)
        self.clock = clock or Clock()
        self.faults = Faults()
        self._backend = build(
            self.clock,
            chance,
            (bot_token, app_token),
            may=Permissions(BOT_SCOPES if scopes is None else scopes, BOT_EVENTS if events is None else events),
            profile=Profile(rate_limits, distributed_app, reusable_tickets, delayed_events, read_lag),
        )
        self._web_api = WebApi(self._backend, self.faults, Holds())
        self._people = People(self._backend, chance)
        self._interactions = Interactions(self._backend)
        self._server = Server(port, self._routes())

    async def __aenter__(self) -> Self:
        origin = await self._server.start()
        self._backend.origin = self._backend.files.origin = origin
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clock.close()
        self._web_api.holds.close()
        self._backend.changes.close()
        self._backend.sockets.drop()
        await self._server.stop()

    # Who and where

    @property
    def api_url(self) -> str:
        """The base_url for slack_sdk clients, `http://127.0.0.1:PORT/api/`."""
        return f"{self._backend.origin}/api/"

    @property
    def url(self) -> str:
        """The address of the control API's server, `http://127.0.0.1:PORT`."""
        return self._backend.origin

    @property
    def bot_token(self) -> str:
        return self._backend.installation.bot_token

    @property
    def app_token(self) -> str:
        return self._backend.installation.app_token

    @property
    def team_id(self) -> str:
        return self._backend.installation.team_id

    @property
    def bot_user_id(self) -> str:
        return self._backend.installation.bot_user_id

    @property
    def bot_id(self) -> str:
        return self._backend.installation.bot_id

    @property
    def app_id(self) -> str:
        return self._backend.installation.app_id

    # Setting the scene

    def add_user(self, name: str, real_name: str | None = None, display_name: str | None = None) -> str:
        """A new person; the user id."""
        user_id = self._backend.workspace.new_id("U")
        self._backend.workspace.add_user(User(user_id, name, real_name or name.title(), display_name or name))
        return user_id

    def add_channel(
        self,
        name: str,
        members: Sequence[str] | None = None,
        *,
        is_private: bool = False,
        bot_is_member: bool = True,
    ) -> str:
        """A new channel; its id. Without `members`, all people that there are now."""
        workspace = self._backend.workspace
        people = [user.id for user in workspace.users.values() if not user.is_bot] if members is None else list(members)
        bot = [self.bot_user_id] if bot_is_member else []
        return workspace.add_channel(name, "group" if is_private else "channel", people + bot).id

    def open_dm(self, user_id: str) -> str:
        """The direct messages between a person and the app; the channel id, always the same."""
        return self._backend.workspace.direct_channel([self.bot_user_id, user_id]).id

    def open_group_dm(self, user_ids: Sequence[str]) -> str:
        """The group direct messages of several people and the app."""
        return self._backend.workspace.direct_channel([self.bot_user_id, *user_ids]).id

    def archive(self, channel: str) -> None:
        self._backend.workspace.channels[channel].is_archived = True

    def grant(self, *scopes: str) -> None:
        self._backend.scopes.grant(scopes)

    def revoke(self, *scopes: str) -> None:
        self._backend.scopes.revoke(scopes)

    # What people do

    def say(  # noqa: PLR0917
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[File] | None = None,
        subtype: str | None = None,
        attachments: Sequence[dict[str, Any]] | None = None,
    ) -> str:
        """A person writes; the `ts`. Files are `{name, mimetype?, content?}`. A mention sends two events."""
        return self._people.say(
            user, channel, text, thread_ts=thread_ts, files=files, subtype=subtype, attachments=attachments
        )

    def say_as_other_bot(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        return self._people.say_as_other_bot(channel, text, thread_ts)

    def edit(self, channel: str, ts: str, text: str) -> None:
        self._people.edit(channel, ts, text)

    def delete(self, channel: str, ts: str) -> None:
        self._people.delete(channel, ts)

    def join(self, user: str, channel: str) -> None:
        self._people.join(user, channel)

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a link preview: `message_changed` with the same text."""
        self._people.unfurl(channel, ts)

    def open_app_home(self, user: str, tab: str = "messages") -> None:
        self._people.open_app_home(user, tab)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        self._people.press_stop(user, channel, thread_ts)

    def press_button(self, user: str, channel: str, ts: str, action_id: str) -> None:
        """A person presses a button (also a feedback or icon button) of the app's message: `block_actions`."""
        self._interactions.press(user, channel, ts, action_id)

    def run_command(self, user: str, channel: str, command: str, text: str = "") -> None:
        """A person types a slash command."""
        self._interactions.command(user, channel, command, text)

    def redeliver(self, channel: str, ts: str) -> int:
        """Send the events of a message once more, as Slack sometimes does after an acknowledgement; how many."""
        return self._backend.deliveries.redeliver(channel, ts)

    # What is there to see

    def messages(self, channel: str) -> list[Message]:
        """Everything visible in the channel and its threads, oldest first."""
        return list(self._backend.workspace.channels[channel].messages.values())

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """The root and its replies, oldest first; empty when there is no such root."""
        return self._backend.workspace.thread(channel, thread_ts)

    def bot_posts(self, channel: str, thread_ts: str) -> list[Message]:
        """The app's own visible messages in the thread."""
        return [message for message in self.thread(channel, thread_ts) if message.user == self.bot_user_id]

    def ephemerals(self, channel: str) -> list[Message]:
        return [message for message in self._backend.activity.ephemerals if message.channel == channel]

    def visible_text(self, message: Message) -> str:
        """What a person reads: the blocks as text, or the text, with names in place of ids."""
        return self._backend.reader.message(message)

    def status(self, channel: str, thread_ts: str) -> str:
        """The status line of the thread, "" when there is none."""
        return self._backend.statuses.text(channel, thread_ts)

    def status_log(self, channel: str, thread_ts: str) -> list[tuple[float, str]]:
        """Each change of the status line with its time, "" when it disappeared."""
        return self._backend.statuses.log(channel, thread_ts)

    def session(self, channel: str, thread_ts: str) -> Session | None:
        return self._backend.statuses.sessions.get((channel, thread_ts))

    @property
    def calls(self) -> list[ApiCall]:
        return self._web_api.calls

    def hold(self, method: str, *, after_commit: bool = False, when: Condition | None = None) -> Held:
        """Hold the next call of a Web API method that fits, before it is carried out or, with `after_commit`, after."""
        return self._web_api.holds.add(method, after_commit=after_commit, when=when)

    @property
    def calls_held_up(self) -> int:
        """How many calls are being slow just now, because of a fault."""
        return self._web_api.held_up

    @property
    def deliveries(self) -> list[Delivery]:
        return self._backend.deliveries.snapshots()

    async def until(self, condition: Callable[[], Value], seconds: float = 20) -> Value:
        """Wait for a true value of the condition and return it; NotReachedError, an AssertionError, otherwise."""
        return await waiting.until(self._backend, self.calls, condition, seconds)

    # The connections of the app

    @property
    def connections(self) -> int:
        return self._backend.sockets.connections

    @property
    def refused_handshakes(self) -> int:
        """How often a connection was refused, for a used ticket or because of `refuse_sockets`."""
        return self._backend.sockets.refused_handshakes

    def lose_acknowledgements(self, channel: str, times: int = 1) -> None:
        """Let the next acknowledgements of this channel's events get lost on their way."""
        self._backend.deliveries.losing[channel] = times

    @property
    def lost_acknowledgements(self) -> int:
        return self._backend.deliveries.lost

    async def drop_sockets(self) -> None:
        """Cut every connection, without a close frame."""
        self._backend.sockets.drop()

    def silence_sockets(self) -> None:
        """Let the open connections hang: they stay open, and nothing gets through any more."""
        self._backend.sockets.silence()

    async def send_disconnect(self, reason: Literal["warning", "refresh_requested", "link_disabled"]) -> None:
        """Say goodbye as Slack does; a warning is followed by `refresh_requested` ten seconds of the clock later."""
        self._backend.sockets.disconnect(reason)

    def refuse_sockets(self, refuse: bool = True) -> None:  # noqa: FBT001, FBT002
        """Refuse, or accept again, the handshake of new connections; a refused one has used up its ticket."""
        self._backend.sockets.refusing = refuse

    def _routes(self) -> list[tuple[str, str, Any]]:
        return [
            ("*", "/api/{method}", self._web_api.handle),
            ("GET", "/link/", self._backend.sockets.handle),
            ("GET", "/files-pri/{file}/{name:.*}", self._backend.files.handle),
            ("POST", "/response/{number}", self._interactions.respond),
            *Control(self._backend, self._people, self.faults).routes(),
        ]
