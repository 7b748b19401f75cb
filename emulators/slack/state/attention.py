"""What people have on their screens beside the agent, as far as Slack tells it."""

from __future__ import annotations

from typing import Any

from emulators.slack.state.installation import Installation

Json = dict[str, Any]


class Attention:
    """Which channel each person looks at; nothing to begin with."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._channels: dict[str, str] = {}

    def look_at(self, user: str, channel: str | None) -> None:
        if channel is None:
            self._channels.pop(user, None)
        else:
            self._channels[user] = channel

    def context(self, user: str) -> Json:
        """The `context` of events; empty when the person looks at nothing in particular."""
        if user not in self._channels:
            return {}
        entity = {"type": "slack#/types/channel_id", "value": self._channels[user]}
        return {"entities": [entity | {"team_id": self._installation.team_id}]}
