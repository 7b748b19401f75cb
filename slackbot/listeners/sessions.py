"""Slack's own Stop, and the title that a person gives to a conversation."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from agent_worker.contract.messages import Renamed, StopRequest, Thread
from agent_worker.contract.names import RENAMED, STOP
from process.slack import Identity
from slackbot.conversations.delivery import Conversations
from slackbot.events import messages
from slackbot.events.shapes import CHANNEL, PERSON, TS, has_form, mapping, string

LONGEST_TITLE = 200  # characters
logger = logging.getLogger(__name__)


class Sessions:
    def __init__(self, bot: Identity, conversations: Conversations) -> None:
        self._bot = bot
        self._conversations = conversations

    def listen(self, app: AsyncApp) -> None:
        app.event("agent_session_stopped")(self.on_stopped)
        app.event("agent_session_title_changed")(self.on_title_changed)

    async def on_stopped(self, body: Mapping[str, Any]) -> None:
        """Raises while Temporal is away; Slack tells it again."""
        event = mapping(body.get("event"))
        thread, at = self._thread(body, event), event.get("event_ts")
        if thread is not None and has_form(at, TS):
            await self._conversations.tell(thread, STOP, StopRequest(at=str(at), user=event["user"]))

    async def on_title_changed(self, body: Mapping[str, Any]) -> None:
        """Raises while Temporal is away. Titles that the agent itself gives come back too: Bolt passes over them."""
        event = mapping(body.get("event"))
        thread, title = self._thread(body, event), string(event.get("title"), LONGEST_TITLE).strip()
        if thread is not None and title:
            await self._conversations.tell(thread, RENAMED, Renamed(title=title))

    def _thread(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> Thread | None:
        """None for an event that does not name its thread and a person."""
        if not has_form(event.get("channel"), CHANNEL) or not has_form(event.get("thread_ts"), TS):
            return None
        return messages.thread_of(body, event, self._bot) if has_form(event.get("user"), PERSON) else None
