"""The Home tab: what the agent can do, and the person's recent conversations with their Open and Stop buttons."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import StopRequest
from agent_worker.contract.names import thread_of, workflow_id
from process.slack import Identity
from slackbot.connection.unreachable import UNREACHABLE
from slackbot.conversations.recent import TEMPORAL_IS_AWAY, Recent, Recents
from slackbot.conversations.signals import Stopping
from slackbot.events.shapes import PERSON, TS, has_form, mapping, string
from slackbot.listeners import captions
from slackbot.listeners.suggested_prompts import PROMPTS

STOP_CONVERSATION = "stop_conversation"  # the value is the conversation's workflow id
OPEN_CONVERSATION = "open_conversation"  # a link; Slack tells of the press too
ABILITIES = (
    "*What I can do*\nMention me in a channel that I am a member of, or write to me in *Messages*. I look things up "
    "with my tools, show what I am doing, and answer in a thread. You can correct your message or stop me while I work."
)
NONE_YET = "You have no conversations with me yet. Write to me in *Messages*, or mention me in a channel."
AWAY = "I can't see your conversations just now. None of them is lost: please look again in a few minutes."
NOT_STOPPED = "I could not be told to stop just now. Please press Stop once more."
# Slack waits 3 s for the acknowledgement: for Temporal to stop, for Temporal to list, and then so long for the page.
PUBLISHING = 0.8  # seconds
LONGEST_ID = 1_000  # characters, of a workflow
logger = logging.getLogger(__name__)


class Home:
    def __init__(self, bot: Identity, client: AsyncWebClient, recents: Recents, stopping: Stopping) -> None:
        self._bot = bot
        self._client = client
        self._recents = recents
        self._stopping = stopping
        self._newest: dict[str, object] = {}  # by person: the page that is being made

    def listen(self, app: AsyncApp) -> None:
        app.event("app_home_opened", matchers=[_is_home_tab])(self.on_opened)
        app.action(STOP_CONVERSATION)(self.on_stop)
        app.action(OPEN_CONVERSATION)(self.on_open)

    async def on_opened(self, event: Mapping[str, Any]) -> None:
        if has_form(event.get("user"), PERSON):
            await self._show(event["user"], string(event.get("channel"), LONGEST_ID))

    async def on_stop(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Shows the page again in any case, so that a press has been seen."""
        await ack()  # it is sent when all this is done, or not at all
        user, press = body["user"]["id"], body["actions"][0]
        stopped, notice = string(press.get("value"), LONGEST_ID), ""
        thread = thread_of(stopped)
        if thread is not None and has_form(press.get("action_ts"), TS):
            try:
                await self._stopping.stop([thread], StopRequest(at=press["action_ts"], user=user))
            except TEMPORAL_IS_AWAY as error:
                logger.warning("a stop could not be handed over", extra={"reason": type(error).__name__})
                stopped, notice = "", NOT_STOPPED
        direct = string(mapping(body.get("view")).get("private_metadata"), LONGEST_ID)
        await self._show(user, direct, stopped=stopped, notice=notice)

    async def on_open(self, ack: AsyncAck) -> None:
        await ack()

    async def _show(self, user: str, direct: str, *, stopped: str = "", notice: str = "") -> None:
        """`direct` is the channel of their direct messages. Of two pages that are made at once, the newer is shown."""
        self._newest[user] = page = object()
        blocks = await self._page(user, direct, stopped, notice)
        if self._newest.get(user) is page:
            del self._newest[user]
            await self._publish(user, {"type": "home", "private_metadata": direct, "blocks": blocks})

    async def _page(self, user: str, direct: str, stopped: str, notice: str) -> list[dict[str, Any]]:
        try:
            shown = self._conversations(await self._recents.of(user, direct), stopped) or [_section(NONE_YET)]
        except TEMPORAL_IS_AWAY as error:
            logger.warning("conversations cannot be listed", extra={"reason": type(error).__name__})
            shown = [_section(AWAY)]
        about = [_section(ABILITIES), _section(_examples()), {"type": "divider"}, _header("Your conversations")]
        return [*about, *([_section(notice)] if notice else []), *shown]

    async def _publish(self, user: str, view: dict[str, Any]) -> None:
        """A page that Slack does not take is not missed: the one before stays, and opening it asks for the next."""
        try:
            async with asyncio.timeout(PUBLISHING):
                await self._client.views_publish(user_id=user, view=view)
        except UNREACHABLE as error:
            logger.info("home tab not shown", extra={"reason": type(error).__name__})

    def _conversations(self, recent: Sequence[Recent], stopped: str) -> list[dict[str, Any]]:
        return [block for one in recent for block in self._conversation(one, stopped)]

    def _conversation(self, recent: Recent, stopped: str) -> list[dict[str, Any]]:
        """What it is, and what can be done with it; one that was just stopped cannot be stopped again."""
        thread = recent.thread
        name = workflow_id(thread.team, thread.channel, thread.thread_ts)
        is_stopping = recent.state == "working" and name == stopped
        state = captions.STOPPING if is_stopping else captions.STATES[recent.state]
        title = captions.title(recent)
        heading = f"*{title}*\n{captions.place(recent)}" if title else f"*{captions.place(recent)}*"
        buttons = []
        if link := captions.permalink(self._bot.url, thread):
            buttons.append(_button("Open", OPEN_CONVERSATION) | {"url": link})
        if recent.state == "working" and not is_stopping:
            buttons.append(_button("Stop", STOP_CONVERSATION) | {"value": name, "style": "danger"})
        said = _section(f"{heading}\n{captions.began(recent)} · {state}")
        return [said, *([{"type": "actions", "elements": buttons}] if buttons else [])]


async def _is_home_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "home"


def _examples() -> str:
    return "\n".join(["For example:", *(f"• _{prompt['message']}_" for prompt in PROMPTS)])


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _button(text: str, action_id: str) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id}
