"""The message shortcut "Ask the agent about this": a form for the question, which goes to the message's thread."""

from __future__ import annotations

import asyncio
import html
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread, UserMessage
from process.slack import Identity
from process.slack_errors import error_code
from slackbot.connection.unreachable import UNREACHABLE
from slackbot.conversations.delivery import Conversations
from slackbot.events import quotation
from slackbot.events.messages import Incoming
from slackbot.events.shapes import string, ts_of_now

ASK_ABOUT_MESSAGE = "ask_about_message"  # the shortcut, its modal and the question in it
LOOKING, OPENING = 1.0, 1.5  # seconds; the form has to be opened within 3 s of the click
REMEMBERED = 1_000  # forms
LONGEST_QUESTION = 3_000  # characters; more does not fit into the form
SUGGESTION = "Explain this message."
INVITE_FIRST = (
    "I am not a member of this conversation, so I could not answer here. Invite me with `/invite`, and ask again. "
    "I cannot be invited to direct messages between other people: forward the message to me instead."
)
NOT_TAKEN = "I can't take questions just now. Please press Ask again in a minute: what you wrote stays here."
NO_QUESTION = "Please write what you want to know."
NOT_ACKNOWLEDGED = BoltResponse(status=503)
_UNREADABLE = frozenset({"channel_not_found", "not_in_channel", "missing_scope"})
logger = logging.getLogger(__name__)


class Shortcut:
    def __init__(self, bot: Identity, client: AsyncWebClient, conversations: Conversations) -> None:
        self._bot = bot
        self._client = client
        self._conversations = conversations
        self._asked: OrderedDict[str, str] = OrderedDict()  # by modal: the `ts` of its question

    def listen(self, app: AsyncApp) -> None:
        app.shortcut(ASK_ABOUT_MESSAGE)(self.on_used)
        app.view(ASK_ABOUT_MESSAGE)(self.on_submitted)

    async def on_used(self, ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        """Acknowledges when the form is open; where it is not, Slack tells the person that it did not work."""
        channel = body["channel"]["id"]
        view = _form(quotation.packed(channel, body["message"])) if await self._is_member(channel) else _invitation()
        try:
            async with asyncio.timeout(OPENING):
                await self._client.views_open(trigger_id=body["trigger_id"], view=view)
        except UNREACHABLE as error:
            logger.warning("form not opened", extra={"reason": type(error).__name__})
            return NOT_ACKNOWLEDGED
        await ack()
        return None

    async def on_submitted(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """The form stays open, with what is written in it, until Temporal has stored the question."""
        question = _written(body["view"])
        if not question.strip():
            await ack(response_action="errors", errors={ASK_ABOUT_MESSAGE: NO_QUESTION})
            return
        try:
            await self._conversations.deliver(self._incoming(body, question))
        except Exception as error:  # noqa: BLE001  whatever it was, the question must not be lost
            logger.warning("a question could not be handed over", extra={"reason": type(error).__name__})
            await ack(response_action="errors", errors={ASK_ABOUT_MESSAGE: NOT_TAKEN})
            return
        await ack()

    async def _is_member(self, channel: str) -> bool:
        """Whether the agent could answer there; if Slack does not say in time, it probably can."""
        try:
            async with asyncio.timeout(LOOKING):
                found = (await self._client.conversations_info(channel=channel))["channel"]
        except SlackApiError as error:
            return error_code(error) not in _UNREADABLE
        except UNREACHABLE:
            return True
        return bool(found.get("is_im") or found.get("is_member"))

    def _incoming(self, body: Mapping[str, Any], question: str) -> Incoming:
        quoted, author = quotation.unpacked(body["view"]["private_metadata"]), body["user"]
        team = str(author.get("team_id") or "")
        message = UserMessage(
            ts=self._ts(body["view"]["id"]),
            user=author["id"],
            text=question,
            direct=quoted.channel.startswith("D"),
            team="" if team == self._bot.team_id else team,
            files=quoted.files,
            attachments=quoted.attachments,
            unseen=True,
        )
        thread = Thread(team=self._bot.team_id, channel=quoted.channel, thread_ts=quoted.thread_ts)
        return Incoming(thread, message, only_if_taking_part=False)

    def _ts(self, modal: str) -> str:
        """The same each time that a modal is submitted: the question may have been stored although we did not hear."""
        ts = self._asked.setdefault(modal, ts_of_now())
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return ts


def _form(metadata: str) -> dict[str, Any]:
    entry = {"type": "plain_text_input", "action_id": ASK_ABOUT_MESSAGE, "multiline": True}
    question = {
        "type": "input",
        "block_id": ASK_ABOUT_MESSAGE,
        "label": _plain("What do you want to know?"),
        "element": entry | {"initial_value": SUGGESTION},
        "hint": _plain("I answer in the message's thread, where everybody can read it."),
    }
    named = {"callback_id": ASK_ABOUT_MESSAGE, "private_metadata": metadata}
    return _modal([question]) | named | {"submit": _plain("Ask")}


def _invitation() -> dict[str, Any]:
    return _modal([{"type": "section", "text": {"type": "mrkdwn", "text": INVITE_FIRST}}])


def _modal(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "modal", "title": _plain("Ask the agent"), "close": _plain("Close"), "blocks": blocks}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _written(view: Mapping[str, Any]) -> str:
    """The question as Slack would send it in a message: escaped."""
    value = view["state"]["values"][ASK_ABOUT_MESSAGE][ASK_ABOUT_MESSAGE].get("value")
    return html.escape(string(value, LONGEST_QUESTION), quote=False)
