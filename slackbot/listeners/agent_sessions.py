"""Slack's agent sessions: Slack's own Stop button, and the title that a person gives to a conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Renamed, StopRequest, Thread
from agent_worker.contract.names import RENAMED, STOP
from process.slack import Identity
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.conversations import Conversations
from slackbot.events import messages
from slackbot.events.contents import storable_text
from slackbot.events.ids import CHANNEL, PERSON, TS, has_form
from text import lines
from text.json_shapes import mapping

LONGEST_TITLE = 200  # characters
SHOW_TIMEOUT = 0.4  # seconds; Slack waits 3 s for the acknowledgement, and Temporal may take most of it
logger = logging.getLogger(__name__)


class AgentSessions:
    """Signals open conversations only. Raises while Temporal is away, so that Slack sends the event again.

    A session is a thread in direct messages or in a channel; what is done in either is done here alike.
    """

    def __init__(self, bot: Identity, client: AsyncWebClient, conversations: Conversations) -> None:
        self._bot = bot
        self._client = client
        self._conversations = conversations

    def listen(self, app: AsyncApp) -> None:
        app.event("agent_session_stopped")(self.on_stopped)
        app.event("agent_session_title_changed")(self.on_title_changed)

    async def on_stopped(self, body: Mapping[str, Any]) -> None:
        event = mapping(body.get("event"))
        thread, at = self._thread(body, event), event.get("event_ts")
        if thread is not None and has_form(at, TS):
            team = messages.team_of_author(body, event, thread.team)
            request = StopRequest(at=str(at), user=event["user"], team=team)
            if not await self._conversations.signal_if_open(thread, STOP, request):
                await self._end_processing(thread)

    async def _end_processing(self, thread: Thread) -> None:
        """Takes away Slack's sign that the agent is at work: nobody else would, in a thread without a conversation."""
        try:
            async with asyncio.timeout(SHOW_TIMEOUT):
                await self._client.agents_sessions_setStatus(
                    channel_id=thread.channel, thread_ts=thread.thread_ts, status="active"
                )
        except CALL_ERRORS as error:
            logger.info("session not shown as it is", extra={"reason": type(error).__name__})

    async def on_title_changed(self, body: Mapping[str, Any]) -> None:
        """Bolt does not call this for titles that the agent itself has set: it passes over the app's own events."""
        event = mapping(body.get("event"))
        thread, title = self._thread(body, event), storable_text(event.get("title"), LONGEST_TITLE)
        title = lines.title(title, LONGEST_TITLE)
        if thread is not None and title:
            team = messages.team_of_author(body, event, thread.team)
            at = {"at": str(event["event_ts"])} if has_form(event.get("event_ts"), TS) else {}
            renamed = Renamed(title=title, user=event["user"], team=team, **at)
            await self._conversations.signal_if_open(thread, RENAMED, renamed)

    def _thread(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> Thread | None:
        """The thread that the event is about; None if it does not name a thread and a person."""
        if not has_form(event.get("channel"), CHANNEL) or not has_form(event.get("thread_ts"), TS):
            return None
        return messages.thread_of_message(body, event, self._bot) if has_form(event.get("user"), PERSON) else None
