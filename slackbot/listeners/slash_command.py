"""The slash command `/agent`, alone or with a word such as status. Only the person who typed it sees the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.agent_choice import Place
from agent_worker.contract.messages import NO_MOMENT, StopRequest
from process.slack import Identity
from slackbot.conversations.agent_catalog import Catalogs
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.grants import Grants
from slackbot.conversations.recent import TEMPORAL_IS_AWAY, RecentConversation, RecentConversations
from slackbot.conversations.signals import StopSignals
from slackbot.events.ids import foreign_workspace
from slackbot.listeners import agent_captions, conversation_captions, grant_captions
from slackbot.listeners.grant_captions import Answer

COMMAND = "/agent"
HELP = (
    "Mention me in a channel that I am a member of, or write to me directly, and I answer in a thread.\n"
    "• `/agent` shows which agent answers here, what it can do, and why\n"
    "• `/agent status` shows your conversations with me\n"
    "• `/agent stop` stops what I am doing for you in this channel\n"
    "• `/agent grants` shows what I may do in this channel without asking, and lets you revoke it\n"
    "• `/agent help` shows this"
)
AWAY = "I can't reach my memory just now. Nothing is lost: please try again in a few minutes."
NONE_YET = "You have no conversations with me yet."
NOT_ALL_YET = "I have not looked through all conversations yet: please try again in a minute."
NOTHING_TO_STOP = "I am not working on anything of yours in this channel."
SHOWN = 10  # conversations
NAME_TIMEOUT = 1.0  # seconds, of the 3 s that Slack waits
Command = Callable[[str, str, str], Awaitable[str | Answer]]  # of the person, the channel, and a foreign workspace
logger = logging.getLogger(__name__)


class SlashCommand:
    def __init__(
        self,
        bot: Identity,
        client: AsyncWebClient,
        recent: RecentConversations,
        stop_signals: StopSignals,
        catalogs: Catalogs,
        *,
        grants: Grants,
    ) -> None:
        self._bot = bot
        self._client = client
        self._recent = recent
        self._stop_signals = stop_signals
        self._catalogs = catalogs
        self._grants = grants

    def listen(self, app: AsyncApp) -> None:
        app.command(COMMAND)(self.on_command)

    async def on_command(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Answers in the acknowledgement, for which Slack waits 3 s: the timeouts of all calls together are shorter."""
        commands: dict[str, Command] = {
            "": self._agent,
            "status": self._status,
            "stop": self._stop,
            "grants": self._channel_grants,
        }
        command = commands.get(str(body.get("text") or "").strip().lower())
        team = foreign_workspace([body.get("team_id")], self._bot.team_id)
        try:
            answer: str | Answer = HELP if command is None else await command(body["user_id"], body["channel_id"], team)
        except TEMPORAL_IS_AWAY as error:
            logger.warning("a command could not be carried out", extra={"reason": type(error).__name__})
            answer = AWAY
        if isinstance(answer, Answer):
            await ack(answer.text, blocks=answer.blocks, response_type="ephemeral")
        else:
            await ack(answer, response_type="ephemeral")

    async def _agent(self, _user: str, channel: str, _team: str) -> str:
        """Slack does not say the name of a private channel with a command, so it is asked for if it matters."""
        catalog = await self._catalogs.read()
        choice = catalog.choose(Place(channel))
        if choice.needs_name:
            choice = catalog.choose(Place(channel, await self._name(channel)))
        return agent_captions.answering(catalog, choice)

    async def _name(self, channel: str) -> str | None:
        try:
            async with asyncio.timeout(NAME_TIMEOUT):
                told = (await self._client.conversations_info(channel=channel))["channel"]
        except CALL_ERRORS as error:
            logger.info("a channel's name is not known", extra={"reason": type(error).__name__})
            return None
        return told.get("name") or None

    async def _status(self, user: str, channel: str, _: str) -> str:
        """Also lists all conversations in the channel if it is the person's direct messages with the agent."""
        recent = await self._recent.of(user, channel)
        lines = [*map(self._line, recent[:SHOWN]), *([] if self._recent.is_complete else [NOT_ALL_YET])]
        return "\n".join(lines) or NONE_YET

    async def _stop(self, user: str, channel: str, team: str) -> str:
        working = await self._recent.at_work(user, channel)
        if not working:
            return NOTHING_TO_STOP
        await self._stop_signals.send(working, StopRequest(at=NO_MOMENT, user=user, team=team))
        return f"I am stopping {len(working)} conversation{'s' if len(working) > 1 else ''} in this channel."

    async def _channel_grants(self, _user: str, channel: str, _team: str) -> Answer:
        return await grant_captions.in_channel(self._grants, self._bot, channel)

    def _line(self, recent: RecentConversation) -> str:
        title, place = conversation_captions.title(recent), conversation_captions.place(recent)
        link = conversation_captions.permalink(self._bot.url, recent.thread)
        name = f"{title} ({place})" if title else place
        opens = f" · <{link}|Open>" if link else ""
        return f"• {name} · {conversation_captions.began(recent)} · {conversation_captions.STATES[recent.state]}{opens}"
