"""The part of `SlackEmulator` with which tests let things go wrong: calls, events and connections."""

from __future__ import annotations

from typing import Literal

from emulators.held_request import HeldRequest
from emulators.slack.backend import Backend
from emulators.slack.faults.web_api import Condition, Faults
from emulators.slack.web_api.endpoint import WebApi


class FaultInjection:
    """`faults` are those of Web API calls: `slack.faults.add(method="chat.update", kind="lost_reply")`."""

    faults: Faults
    _backend: Backend
    _web_api: WebApi

    # Calls

    def hold(self, method: str, *, after_commit: bool = False, when: Condition | None = None) -> HeldRequest:
        """Hold the next call of a method that fits: before it is carried out or, with `after_commit`, after."""
        return self._web_api.holds.add(method, after_commit=after_commit, when=when)

    @property
    def calls_held_up(self) -> int:
        """How many calls are slow just now, because of a fault."""
        return self._web_api.held_up

    # Events

    def redeliver(self, channel: str, ts: str) -> int:
        """Send the events of a message once more, as Slack can do after an acknowledgement. Returns how many."""
        return self._backend.deliveries.redeliver(channel, ts)

    def hasten_deliveries(self, seconds: float) -> int:
        """Try again now what was not acknowledged within so many seconds, as if the pause after that were over.

        Nothing else that depends on the clock changes. Returns how many events these are.
        """
        return self._backend.deliveries.hasten(seconds)

    def lose_acknowledgements(self, channel: str, times: int = 1) -> None:
        """Let the next acknowledgements of this channel's events get lost."""
        self._backend.deliveries.losing[channel] = times

    @property
    def lost_acknowledgements(self) -> int:
        """How many acknowledgements have got lost."""
        return self._backend.deliveries.lost

    # Connections

    async def drop_sockets(self) -> None:
        """Cut every connection, without a close frame."""
        self._backend.sockets.drop()

    def silence_sockets(self) -> None:
        """Keep the open connections open, and let nothing more through."""
        self._backend.sockets.silence()

    async def send_disconnect(self, reason: Literal["warning", "refresh_requested", "link_disabled"]) -> None:
        """Close the connections as Slack does. After a warning, they are closed ten seconds of the clock later."""
        self._backend.sockets.disconnect(reason)

    def refuse_sockets(self, refuse: bool = True) -> None:  # noqa: FBT001, FBT002
        """Refuse the handshake of new connections, or accept it again. A refused handshake uses up its ticket."""
        self._backend.sockets.refusing = refuse

    @property
    def refused_handshakes(self) -> int:
        """How many handshakes were refused: for a used ticket, or because of `refuse_sockets`."""
        return self._backend.sockets.refused_handshakes
