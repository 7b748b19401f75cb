"""What people look at beside the agent, which Slack tells the app as `context` and `app_context`."""

from __future__ import annotations

from typing import Any

from emulators.slack.state.installation import Installation

Json = dict[str, Any]


class AppContext:
    """Which channel each person looks at; none to begin with."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._channels: dict[str, str] = {}  # by user

    def look_at(self, user: str, channel: str | None) -> None:
        """The person goes to the channel; None for a place that is no channel."""
        if channel is None:
            self._channels.pop(user, None)
        else:
            self._channels[user] = channel

    def of(self, user: str) -> Json:
        """The `context` of an event about this person; empty if they look at no channel."""
        if user not in self._channels:
            return {}
        entity = {"type": "slack#/types/channel_id", "value": self._channels[user]}
        return {"entities": [entity | {"team_id": self._installation.team_id}]}
