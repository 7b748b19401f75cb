"""What people do with the agent apart from writing: open its page, look at channels, press stop, rename a session."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people.permissions import seen_message
from emulators.slack.state.messages import Channel
from emulators.slack.web_api.methods.agents import MAX_TITLE


class PeopleAndAgent:
    """The part of `SlackEmulator` that uses Slack's own surfaces for agents."""

    _backend: Backend

    def open_app_home(self, user: str, tab: str = "messages") -> None:
        """A person opens the app's page at its Messages or its Home tab: `app_home_opened`."""
        if tab == "home" and not self._backend.settings.home_tab:
            raise ValueError("the app has no Home tab")
        details: dict[str, Any] = {"tab": tab}
        if tab == "home" and user in self._backend.views.homes:
            details["view"] = self._backend.views.homes[user]
        context = self._backend.app_context.of(user)
        if tab == "messages" and context:
            details["context"] = context
        self._tell(user, self._direct(user).id, "app_home_opened", details)

    def look_at(self, user: str, channel: str | None, message_ts: str | None = None) -> None:
        """A person with the agent at the side goes to a channel, or to no channel: `app_context_changed`.

        With `message_ts` they look at that message of the channel, which may be a reply.

        Their direct messages to the app then say what they look at, until they go elsewhere.
        """
        if not self._backend.settings.is_agent:
            raise ValueError("only an agent is told what people look at")
        if channel is not None and user not in self._backend.workspace.channels[channel].members:
            raise ValueError(f"{user} is not a member of {channel}")
        if channel is not None and message_ts is not None:
            seen_message(self._backend.workspace, user, channel, message_ts)
        self._backend.app_context.look_at(user, channel, message_ts)
        details = {"context": self._backend.app_context.of(user)}
        self._tell(user, self._direct(user).id, "app_context_changed", details)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """A person presses the stop button of a session, in a channel or in direct messages: `agent_session_stopped`.

        Slack shows the button while the session is processing, to an app that has subscribed to the event. The session
        keeps its status, and nothing more can be appended to the thread's streams.
        """
        seen_message(self._backend.workspace, user, channel, thread_ts)
        session = self._backend.statuses.sessions.get((channel, thread_ts))
        if session is None or session.status != "processing":
            raise ValueError(f"{thread_ts} has no stop button: it is no session that is processing")
        if not self._backend.feed.subscribed("agent_session_stopped"):
            raise ValueError("without the event there is no stop button")
        stopped = self._backend.streams.stop_by_user(channel, thread_ts)
        details = {"thread_ts": thread_ts, "streaming_message_ts": stopped}
        self._tell(user, channel, "agent_session_stopped", details)

    def rename_session(self, user: str, channel: str, thread_ts: str, title: str) -> None:
        """A person gives a session another title: `agent_session_title_changed`."""
        seen_message(self._backend.workspace, user, channel, thread_ts)
        if not 1 <= len(title) <= MAX_TITLE:
            raise ValueError(f"a title has 1 to {MAX_TITLE} characters")
        previous = self._backend.statuses.rename(channel, thread_ts, title)
        if previous is None:
            raise ValueError(f"{thread_ts} is no conversation with the agent")
        details = {"thread_ts": thread_ts, "title": title, "team_id": self._backend.installation.team_id}
        details |= {"previous_title": previous} if previous else {}
        self._tell(user, channel, "agent_session_title_changed", details)

    def _direct(self, user: str) -> Channel:
        return self._backend.workspace.direct_channel([self._backend.bot_user, user])

    def _tell(self, user: str, channel: str, kind: str, details: dict[str, Any]) -> None:
        ts = self._backend.workspace.next_ts()
        event = {"type": kind, "user": user, "channel": channel, "event_ts": ts} | details
        self._backend.feed.announce(kind, event, channel=channel, ts=ts)
