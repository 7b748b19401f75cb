"""What the app may do: the scope each Web API method and each event needs, and the check against those granted."""

from __future__ import annotations

from collections.abc import Iterable

from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import ChannelKind

# What manifest.yml asks for; the default of the emulator.
BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
    "channels:read",
    "groups:read",
    "im:read",
    "mpim:read",
    "users:read",
    "files:read",
    "files:write",
    "metadata.message:read",
    "commands",
)
# What it subscribes to; the default of the emulator.
BOT_EVENTS = (
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "app_home_opened",
    "app_context_changed",
    "agent_session_stopped",
    "agent_session_title_changed",
)

HISTORY: dict[ChannelKind, str] = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ: dict[ChannelKind, str] = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
MESSAGE_EVENTS: dict[ChannelKind, str] = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}

# Any one of the scopes opens the method; the kind of channel may ask for a particular one on top of that.
METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "agents.sessions.rename": ("chat:write",),
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": (),  # an app-level token with connections:write
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": tuple(HISTORY.values()),
    "conversations.info": tuple(READ.values()),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write", "mpim:write"),
    "conversations.replies": tuple(HISTORY.values()),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "users.conversations": tuple(READ.values()),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}

EVENT_SCOPES: dict[str, str] = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "member_joined_channel": "channels:read",
    "app_context_changed": "assistant:write",
    "agent_session_stopped": "chat:write",
    "agent_session_title_changed": "chat:write",
}


class Scopes:
    """The scopes granted to the bot token; they can be given and taken away while the emulator runs."""

    def __init__(self, granted: Iterable[str]) -> None:
        self._granted = dict.fromkeys(granted)

    def grant(self, scopes: Iterable[str]) -> None:
        self._granted.update(dict.fromkeys(scopes))

    def revoke(self, scopes: Iterable[str]) -> None:
        for scope in scopes:
            self._granted.pop(scope, None)

    def has(self, scope: str) -> bool:
        return scope in self._granted

    def require(self, *any_of: str) -> None:
        """Raise missing_scope unless one of the scopes is granted (or none is needed)."""
        if any_of and not any(scope in self._granted for scope in any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=self.listed())

    def may_hear(self, event: str) -> bool:
        needed = EVENT_SCOPES.get(event)
        return needed is None or self.has(needed)

    def listed(self) -> str:
        """As Slack writes them in headers and errors: joined by commas."""
        return ",".join(self._granted)
