"""The addresses (`response_url`) at which the app may answer a click in a message that only one person sees."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from emulators.slack.clock import Clock
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import Ephemeral

VALID_SECONDS = 30 * 60.0
MOST_USES = 5


@dataclass
class _Address:
    message: Ephemeral
    expires: float
    uses: int = 0


class ResponseAddresses:
    """Each click has an address of its own: for half an hour, and for five answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._addresses: dict[str, _Address] = {}  # by the end of their path

    def open(self, message: Ephemeral) -> str:
        """The end of a new address for a click in this message."""
        ticket = secrets.token_urlsafe(12)
        self._addresses[ticket] = _Address(message, self._clock.now() + VALID_SECONDS)
        return ticket

    def use(self, ticket: str) -> Ephemeral:
        """The message that an answer is about. Raises SlackError for an address that is not valid any more."""
        address = self._addresses.get(ticket)
        if address is None or self._clock.now() > address.expires:
            raise SlackError("expired_url")
        address.uses += 1
        if address.uses > MOST_USES:
            raise SlackError("used_url")
        return address.message
