"""Which scope each Web API method and each event needs, and which scopes the app has been granted."""

from __future__ import annotations

from collections.abc import Iterable

from emulators.slack.rules.errors import SlackError

# What manifest.yml asks for.
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
# What manifest.yml asks for, and the app does without where it is not granted (`bot_optional`).
OPTIONAL_BOT_SCOPES = ("search:read.public", "usergroups:read")
# What manifest.yml subscribes to.
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

# By the kind of channel, which is Slack's `channel_type`.
HISTORY: dict[str, str] = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ: dict[str, str] = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
# With a bot's token Slack searches public channels alone.
SEARCH: dict[str, str] = {
    "channel": "search:read.public",
    "group": "search:read.private",
    "im": "search:read.im",
    "mpim": "search:read.mpim",
}
MESSAGE_EVENTS: dict[str, str] = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}

# One of these scopes is enough for the method. Methods about a channel then check the scope of the channel's kind.
METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "agents.sessions.rename": ("chat:write",),
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": (),  # see APP_METHOD_SCOPES
    "assistant.search.context": (SEARCH["channel"],),
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
    "conversations.list": tuple(READ.values()),
    "conversations.members": tuple(READ.values()),
    "conversations.replies": tuple(HISTORY.values()),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.list": ("files:read",),
    "reactions.add": ("reactions:write",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": tuple(READ.values()),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}

# Methods that take an app-level token, with the scope that this token needs.
APP_METHOD_SCOPES: dict[str, str] = {"apps.connections.open": "connections:write"}

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
    """The scopes granted to the bot token. They can be granted and revoked while the stand-in runs."""

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
        """Raise SlackError missing_scope unless one of the scopes is granted. With no scope given, all is well."""
        if any_of and not any(scope in self._granted for scope in any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=self.listed())

    def may_hear(self, event: str) -> bool:
        """Whether the app has the scope that the event needs."""
        needed = EVENT_SCOPES.get(event)
        return needed is None or self.has(needed)

    def listed(self) -> str:
        """All granted scopes, joined by commas as in Slack's headers and errors."""
        return ",".join(self._granted)
