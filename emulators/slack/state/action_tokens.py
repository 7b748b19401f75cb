"""The tokens with which an agent may search for the person whose message it has received."""

from __future__ import annotations

import secrets

from emulators.slack.clock import Clock
from emulators.slack.rules.errors import SlackError

LIFETIME_SECONDS = 600.0  # chosen: Slack says that a token is short-lived, and gives no number


class ActionTokens:
    """Each token is for one person and can be used several times, until it expires."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[str, float]] = {}  # the person, and when the token expires, by token

    def new(self, user: str) -> str:
        """A token for the person."""
        now = self._clock.now()
        while self._issued and next(iter(self._issued.values()))[1] <= now:  # the oldest come first
            del self._issued[next(iter(self._issued))]
        token = f"{_digits()}.{_digits()}.{secrets.token_hex(16)}"
        self._issued[token] = user, now + LIFETIME_SECONDS
        return token

    def person(self, token: str | None) -> str:
        """The person for whom the token was issued. Raises SlackError for one that is missing, wrong or expired."""
        user, expires = self._issued.get(token or "", ("", 0.0))
        if expires <= self._clock.now():
            raise SlackError("invalid_action_token")
        return user


def _digits() -> int:
    return 10**13 + secrets.randbelow(9 * 10**13)
