"""What people look at beside the agent, which Slack tells the app as `context` and `app_context`."""

from __future__ import annotations

from typing import Any

from emulators.slack.state.installation import Installation

Json = dict[str, Any]


class AppContext:
    """Which channel each person looks at, and which message there; none to begin with."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._places: dict[str, tuple[str, str | None]] = {}  # channel and message, by user

    def look_at(self, user: str, channel: str | None, message_ts: str | None = None) -> None:
        """The person goes to the channel, or opens a message in it; None for a place that is no channel."""
        if channel is None:
            self._places.pop(user, None)
        else:
            self._places[user] = channel, message_ts

    def place(self, user: str) -> tuple[str, str | None] | None:
        """The channel that the person looks at, and the message if it is one."""
        return self._places.get(user)

    def of(self, user: str) -> Json:
        """The `context` of an event about this person; empty if they look at no channel."""
        if user not in self._places:
            return {}
        channel, message_ts = self._places[user]
        entities: list[Json] = [{"type": "slack#/types/channel_id", "value": channel}]
        if message_ts is not None:
            value = {"message_ts": message_ts, "channel_id": channel}
            entities.append({"type": "slack#/types/message_context", "value": value})
        return {"entities": [entity | {"team_id": self._installation.team_id} for entity in entities]}
