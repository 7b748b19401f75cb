"""A local Slack with one workspace and one app: the Web API and Socket Mode on a port of this machine."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Any, Self

from emulators.server import Route, Server
from emulators.slack.backend import Backend
from emulators.slack.clock import Clock
from emulators.slack.control_api.endpoint import ControlApi
from emulators.slack.faults.holds import Holds
from emulators.slack.faults.injection import FaultInjection
from emulators.slack.faults.web_api import Faults
from emulators.slack.observation import Observation
from emulators.slack.people.agent import PeopleAndAgent
from emulators.slack.people.channels import PeopleInChannels
from emulators.slack.people.interactions import Interactions
from emulators.slack.people.views import PeopleInViews
from emulators.slack.rules.scopes import BOT_EVENTS
from emulators.slack.settings import Settings
from emulators.slack.web_api.endpoint import Listener, WebApi
from emulators.slack.web_api.file_transfers import FileTransfers
from emulators.slack.web_api.responses import Responses
from emulators.slack.workspace_setup import WorkspaceSetup


class SlackEmulator(
    WorkspaceSetup, PeopleInChannels, PeopleAndAgent, Interactions, PeopleInViews, Observation, FaultInjection
):
    """Use as an async context manager: it serves on 127.0.0.1 while the block runs. `port=0` takes any free port.

    `seed` decides every id and every random choice. `clock` is real time that can be turned forward, unless another
    one is given. `events` are those that the app has subscribed to: by default, those of manifest.yml. Tokens that are
    not given are new and random. The other arguments are fields of `Settings`.
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = 0,
        clock: Clock | None = None,
        *,
        events: Collection[str] = BOT_EVENTS,
        bot_token: str = "",
        app_token: str = "",
        **settings: Any,
    ) -> None:
        self._chance = random.Random(seed)
        self.clock = clock or Clock()
        self.faults = Faults()
        self.control_token = secrets.token_urlsafe()
        tokens = (bot_token or f"xoxb-{secrets.token_urlsafe()}", app_token or f"xapp-{secrets.token_urlsafe()}")
        self._backend = Backend(self.clock, self._chance, tokens, events=events, settings=Settings(**settings))
        self._web_api = WebApi(self._backend, self.faults, Holds())
        self._transfers = FileTransfers(self._backend)
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

    def _routes(self) -> list[Route]:
        return [
            ("*", "/api/{method}", self._web_api.handle),
            ("GET", "/link/", self._backend.sockets.handle),
            ("GET", "/files-pri/{file}/{name:.*}", self._transfers.download),
            ("POST", "/upload/v1/{ticket}", self._transfers.upload),
            ("POST", "/response/{ticket}", Responses(self._backend).handle),
            *ControlApi(self._backend, self, self.control_token).routes(),
        ]

    def add_routes(self, routes: Iterable[Route]) -> None:
        """Serve these as well, on the same port. Only before the context manager is entered."""
        self._server.add(routes)

    def listen(self, listener: Listener) -> None:
        """Call this with each call of the Web API, when it has ended, and with the body of its answer."""
        self._web_api.listeners.append(listener)

    def forget(self, keep: int) -> None:
        """Drop all but the newest `keep` calls, deliveries and changes. Messages and files stay."""
        del self.calls[:-keep]
        self._backend.deliveries.forget(keep)
        self._backend.changes.forget(keep)

    @property
    def backend(self) -> Backend:
        """The parts, for what this class has no method for."""
        return self._backend

    # Addresses, tokens and ids

    @property
    def api_url(self) -> str:
        """The base_url for slack_sdk clients, `http://127.0.0.1:PORT/api/`."""
        return f"{self._backend.origin}/api/"

    @property
    def url(self) -> str:
        """The address of the server, `http://127.0.0.1:PORT`, also for the control API."""
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
