"""The buttons below the agent's answers and progress: Stop, Good, Bad and Try Again."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.service import RPCError

from agent_worker.contract.messages import Feedback, StopRequest, Thread, TryAgain
from agent_worker.contract.names import (
    FEEDBACK,
    FEEDBACK_BUTTONS,
    STOP,
    STOP_BUTTON,
    TRY_AGAIN,
    TRY_AGAIN_BUTTON,
)
from process.slack import Identity
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.deduplication import Deduplicator
from slackbot.events.ids import CHANNEL, PERSON, TS, foreign_workspace, has_form
from slackbot.listeners.feedback_form import TURN, FeedbackForm
from text.json_shapes import items, mapping

# Of the 3 s that Slack waits for the acknowledgement: for Temporal to store the click, and for telling the person if it
# did not.
STORE_TIMEOUT, TELL_TIMEOUT = 1.5, 1.0  # seconds
PRESS_AGAIN = "I could not be told what you pressed just now. Please press it once more."
_VALUE = re.compile(rf"(good:|bad:)?({TURN.pattern})")  # the opinion, if any, and the turn's key
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Click:
    """Who has pressed a button in which thread, and the signal that tells the conversation."""

    thread: Thread
    user: str
    signal: str
    content: BaseModel
    at: str


class Buttons:
    def __init__(
        self, bot: Identity, client: AsyncWebClient, conversations: Conversations, *, timeout: float = STORE_TIMEOUT
    ) -> None:
        self._bot = bot
        self._client = client
        self._conversations = conversations
        self._timeout = timeout
        self._handed_over = Deduplicator()
        self._form = FeedbackForm(bot, client, conversations)

    def listen(self, app: AsyncApp) -> None:
        for button in (STOP_BUTTON, FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON):
            app.action(button)(self.on_click)
        self._form.listen(app)

    async def on_click(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Acknowledges once Temporal has stored the click, or once the person has been asked to press again.

        The form behind Bad opens meanwhile: Slack takes it only within 3 s, and Temporal may be slow.
        """
        click = read(body, self._bot)
        if click is not None:
            asking = asyncio.create_task(self._ask_why(click, str(body.get("trigger_id"))))
            await self._store_or_tell(click)
            await asking
        await ack()

    async def _ask_why(self, click: Click, trigger_id: str) -> None:
        """Asks for the reason of a Bad."""
        if isinstance(click.content, Feedback) and click.content.value == "bad":
            await self._form.open(click.thread, click.content, trigger_id)

    async def _store_or_tell(self, click: Click) -> None:
        key = (click.thread, click.user, click.signal, click.at)
        try:
            async with asyncio.timeout(self._timeout):
                await self._handed_over.do(key, partial(self._hand_over, click))
        except (RPCError, TimeoutError) as error:
            logger.warning("a click could not be handed over", extra={"reason": type(error).__name__})
            await self._ask_to_press_again(click)

    async def _hand_over(self, click: Click) -> None:
        """A closed conversation has nothing to stop, but it is opened for feedback and for another try."""
        if click.signal == STOP:
            await self._conversations.signal_if_open(click.thread, STOP, click.content)
        else:
            await self._conversations.signal(click.thread, click.signal, click.content)

    async def _ask_to_press_again(self, click: Click) -> None:
        channel, thread_ts = click.thread.channel, click.thread.thread_ts
        try:
            async with asyncio.timeout(TELL_TIMEOUT):
                await self._client.chat_postEphemeral(
                    channel=channel, user=click.user, text=PRESS_AGAIN, thread_ts=thread_ts
                )
        except CALL_ERRORS as error:
            logger.info("the person could not be told that a click is lost", extra={"reason": type(error).__name__})


def read(body: Mapping[str, Any], bot: Identity) -> Click | None:
    """Reads a click on a button of the agent's own message in a thread; None for anything else. Never raises."""
    press, message = mapping(next(iter(items(body.get("actions"))), None)), mapping(body.get("message"))
    channel, user = mapping(body.get("channel")).get("id"), mapping(body.get("user")).get("id")
    thread_ts, at = message.get("thread_ts"), press.get("action_ts")
    forms = ((channel, CHANNEL), (user, PERSON), (thread_ts, TS), (at, TS))
    if message.get("bot_id") != bot.bot_id or not all(has_form(value, form) for value, form in forms):
        return None
    thread = Thread(team=bot.team_id, channel=str(channel), thread_ts=str(thread_ts))
    team = foreign_workspace([mapping(body.get("user")).get("team_id")], bot.team_id)
    who = {"user": str(user), "at": str(at)} | ({"team": team} if team else {})
    signal = _signal(press, who)
    return Click(thread, str(user), *signal, at=str(at)) if signal else None


def _signal(press: Mapping[str, Any], who: Mapping[str, str]) -> tuple[str, BaseModel] | None:
    """The signal that a button sends, by name and content; None if the button and its value do not fit together.

    `who` has the fields of the content that say who has pressed, and when.
    """
    value = press.get("value")
    found = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    opinion, turn = found.groups()
    button = press.get("action_id")
    if button == FEEDBACK_BUTTONS and opinion:
        return FEEDBACK, Feedback(turn=turn, value="good" if opinion == "good:" else "bad", **who)
    if button == TRY_AGAIN_BUTTON and not opinion:
        return TRY_AGAIN, TryAgain(turn=turn, **who)
    if button == STOP_BUTTON and not opinion:
        return STOP, StopRequest(**who)
    return None
