"""The slash command `/agent help|status|stop`, answered to the one who typed it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from agent_worker.contract.messages import StopRequest
from process.slack import Identity
from slackbot.conversations.recent import TEMPORAL_IS_AWAY, Recent, Recents
from slackbot.conversations.signals import Stopping
from slackbot.events.shapes import ts_of_now
from slackbot.listeners import captions

COMMAND = "/agent"
HELP = (
    "Mention me in a channel that I am a member of, or write to me directly, and I answer in a thread.\n"
    "• `/agent status` shows your conversations with me\n"
    "• `/agent stop` stops what I am doing for you in this channel\n"
    "• `/agent help` shows this"
)
AWAY = "I can't reach my memory just now. Nothing is lost: please try again in a few minutes."
NONE_YET = "You have no conversations with me yet."
NOTHING_TO_STOP = "I am not working on anything of yours in this channel."
SHOWN = 10
logger = logging.getLogger(__name__)


class Commands:
    def __init__(self, bot: Identity, recents: Recents, stopping: Stopping) -> None:
        self._bot = bot
        self._recents = recents
        self._stopping = stopping

    def listen(self, app: AsyncApp) -> None:
        app.command(COMMAND)(self.on_command)

    async def on_command(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Answers in the acknowledgement, which Slack awaits for 3 s: each wait below has a shorter deadline."""
        answers = {"status": self._status, "stop": self._stop}
        answer = answers.get(str(body.get("text") or "").strip().lower())
        try:
            said = HELP if answer is None else await answer(body["user_id"], body["channel_id"])
        except TEMPORAL_IS_AWAY as error:
            logger.warning("a command could not be carried out", extra={"reason": type(error).__name__})
            said = AWAY
        await ack(said, response_type="ephemeral")

    async def _status(self, user: str, channel: str) -> str:
        """Typed in their direct messages with the agent, it tells of all that is in there."""
        recent = await self._recents.of(user, channel)
        return "\n".join(map(self._line, recent[:SHOWN])) or NONE_YET

    async def _stop(self, user: str, channel: str) -> str:
        request = StopRequest(at=ts_of_now(), user=user)
        working = await self._recents.at_work(user, channel)
        if not working:
            return NOTHING_TO_STOP
        await self._stopping.stop(working, request)
        return f"I am stopping {len(working)} conversation{'s' if len(working) > 1 else ''} in this channel."

    def _line(self, recent: Recent) -> str:
        title, place = captions.title(recent), captions.place(recent)
        link = captions.permalink(self._bot.url, recent.thread)
        name = f"{title} ({place})" if title else place
        opens = f" · <{link}|Open>" if link else ""
        return f"• {name} · {captions.began(recent)} · {captions.STATES[recent.state]}{opens}"
