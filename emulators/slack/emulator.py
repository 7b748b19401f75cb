"""A local Slack with one workspace and one app: the Web API and Socket Mode on a port of this machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from emulators.held import Held
from emulators.slack.assembly import Permissions, build
from emulators.slack.delivery.deliveries import Delivery
from emulators.slack.people import waiting
from emulators.slack.people.control import Control
from emulators.slack.people.doings import Doings
from emulators.slack.people.interactions import Interactions
from emulators.slack.people.people import People
from emulators.slack.people.scenery import Scenery
from emulators.slack.server import Route, Server
from emulators.slack.state.clock import Clock
from emulators.slack.state.messages import Ephemeral, Message
from emulators.slack.state.profile import Profile
from emulators.slack.state.scopes import BOT_EVENTS, BOT_SCOPES
from emulators.slack.state.statuses import Session
from emulators.slack.web_api.backend import Backend
from emulators.slack.web_api.faults import Condition, Faults
from emulators.slack.web_api.file_transfers import Download
from emulators.slack.web_api.holds import Holds
from emulators.slack.web_api.web_api import ApiCall, WebApi

Value = TypeVar("Value")


class SlackEmulator(Scenery, Doings):
    """Use as an async context manager; it serves while the block runs, on 127.0.0.1 only.

    `port=0` picks a free one. `seed` decides every id and every random choice. `clock` defaults to real time that can
    be turned forward; `Clock(running=False)` stands still between turns. `scopes` and `events` default to those of the
    usual manifest. `profile`: how this Slack differs from the plain one, see Profile.
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = 0,
        clock: Clock | None = None,
        scopes: Collection[str] | None = None,
        *,
        events: Collection[str] | None = None,
        bot_token: str = "xoxb-playground",
        app_token: str = "xapp-playground",
        **profile: Any,
    ) -> None:
        chance = random.Random(seed)
        self.clock = clock or Clock()
        self.faults = Faults()
        may = Permissions(BOT_SCOPES if scopes is None else scopes, BOT_EVENTS if events is None else events)
        tokens = (bot_token, app_token)
        self._backend = build(self.clock, chance, tokens, may=may, profile=Profile(**profile))
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

    def add_routes(self, routes: Iterable[Route]) -> None:
        """Serve more than Slack does, on the same port; only before it is entered."""
        self._server.add(routes)

    @property
    def backend(self) -> Backend:
        """The parts, for those who show or keep all that there is."""
        return self._backend

    def forget(self, keep: int) -> None:
        """Drop the oldest records of calls, deliveries and changes: then only messages and files take more and more."""
        del self.calls[:-keep]
        self._backend.deliveries.forget(keep)
        self._backend.changes.forget(keep)

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

    def ephemerals(self, channel: str, user: str | None = None) -> list[Ephemeral]:
        """What single people were shown in the channel, or the one person `user`."""
        shown = [message for message in self._backend.activity.ephemerals if message.channel == channel]
        return [message for message in shown if user in (None, message.to)]

    def visible_text(self, shown: Message | Mapping[str, Any]) -> str:
        """What a person reads in a message or view: the blocks as text, or the text, with names in place of ids."""
        reader = self._backend.reader
        return reader.message(shown) if isinstance(shown, Message) else reader.blocks(shown["blocks"])

    def home(self, user: str) -> dict[str, Any] | None:
        """The view that the person's Home tab shows."""
        return self._backend.views.homes.get(user)

    def modal(self, user: str) -> dict[str, Any] | None:
        """The view that the person has open."""
        return self._backend.views.modals.get(user)

    def modal_errors(self, user: str) -> dict[str, str]:
        """What the person's modal says is wrong, by block_id."""
        return self._backend.views.errors.get(user, {})

    def suggested_prompts(self, channel: str, thread_ts: str | None = None) -> list[dict[str, str]]:
        """The prompts at the top of the direct messages, or in a thread."""
        return self._backend.suggestions.get(channel, thread_ts or "").prompts

    def suggested_prompts_title(self, channel: str, thread_ts: str | None = None) -> str:
        return self._backend.suggestions.get(channel, thread_ts or "").title

    def file_content(self, file_id: str) -> bytes:
        """What a file holds, also one that the app has uploaded; KeyError when there is none."""
        return self._backend.files.content(file_id)

    @property
    def downloads(self) -> list[Download]:
        """Each request for a file, in order."""
        return self._backend.transfers.downloads

    def status(self, channel: str, thread_ts: str) -> str:
        """The status line of the thread, "" when there is none."""
        return self._backend.statuses.text(channel, thread_ts)

    def status_log(self, channel: str, thread_ts: str) -> list[tuple[float, str]]:
        """Each change of the status line with its time, "" when it disappeared."""
        return self._backend.statuses.log(channel, thread_ts)

    def session_log(self, channel: str, thread_ts: str) -> list[tuple[float, str]]:
        """Each status that the thread's session was given, with its time."""
        return self._backend.statuses.session_log(channel, thread_ts)

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

    def redeliver(self, channel: str, ts: str) -> int:
        """Send the events of a message once more, as Slack sometimes does after an acknowledgement; how many."""
        return self._backend.deliveries.redeliver(channel, ts)

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
            ("GET", "/files-pri/{file}/{name:.*}", self._backend.transfers.download),
            ("POST", "/upload/v1/{ticket}", self._backend.transfers.upload),
            ("POST", "/response/{number}", self._interactions.response_urls.respond),
            *Control(self._backend, self._people, self.faults).routes(),
        ]
