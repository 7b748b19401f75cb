"""The message shortcut "Ask the agent about this": a form for a question, which is answered in the message's thread."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.messages import Thread, UserMessage
from process.block_kit import Block, plain_text, section
from process.slack import Identity
from process.slack_errors import error_code
from slackbot.conversations.call_errors import CALL_ERRORS, may_pass
from slackbot.conversations.conversations import Conversations
from slackbot.events import quotation
from slackbot.events.contents import storable_text
from slackbot.events.ids import foreign_workspace
from slackbot.events.messages import IncomingMessage

ASK_ABOUT_MESSAGE = "ask_about_message"  # the id of the shortcut, of its form and of the question in the form
MEMBERSHIP_TIMEOUT, OPEN_TIMEOUT = 1.0, 1.5  # seconds; Slack takes the form only within 3 s of the click
LONGEST_QUESTION = 3_000  # characters, the most that the form takes
SUGGESTION = "Explain this message."
INVITE_FIRST = (
    "I am not a member of this conversation, so I could not answer here. Invite me with `/invite`, and ask again. "
    "I cannot be invited to direct messages between other people: forward the message to me instead."
)
NOT_TAKEN = "I can't take questions just now. Please press Ask again in a minute: what you wrote stays here."
TOO_OLD = "This form is too old. Please close it, and use the shortcut once more."
TOO_LARGE = "I can't take this question: it is too large together with the message. Please ask me in the thread."
NO_QUESTION = "Please write what you want to know."
NOT_ACKNOWLEDGED = BoltResponse(status=503)
_NOT_A_MEMBER = frozenset({"channel_not_found", "not_in_channel", "missing_scope"})
logger = logging.getLogger(__name__)


class MessageShortcut:
    def __init__(self, bot: Identity, client: AsyncWebClient, conversations: Conversations) -> None:
        self._bot = bot
        self._client = client
        self._conversations = conversations

    def listen(self, app: AsyncApp) -> None:
        app.shortcut(ASK_ABOUT_MESSAGE)(self.on_used)
        app.view(ASK_ABOUT_MESSAGE)(self.on_submitted)

    async def on_used(self, ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        """Acknowledges once the form is open; otherwise Slack tells the person that the shortcut did not work."""
        channel = body["channel"]["id"]
        view = (
            _form(quotation.pack(channel, body["message"], body["action_ts"]))
            if await self._is_member(channel)
            else _invitation()
        )
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                await self._client.views_open(trigger_id=body["trigger_id"], view=view)
        except CALL_ERRORS as error:
            logger.warning("form not opened", extra={"reason": type(error).__name__})
            return NOT_ACKNOWLEDGED
        await ack()
        return None

    async def on_submitted(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Closes the form once Temporal has stored the question; until then it stays open with what was written."""
        question = _question(body["view"])
        if not question.strip():
            await ack(response_action="errors", errors={ASK_ABOUT_MESSAGE: NO_QUESTION})
            return
        try:
            quoted = quotation.unpack(body["view"]["private_metadata"])
        except ValueError:
            await ack(response_action="errors", errors={ASK_ABOUT_MESSAGE: TOO_OLD})
            return
        try:
            await self._conversations.hand_over(self._incoming(body, quoted, question))
        except Exception as error:  # noqa: BLE001  after any error the question must stay in the form
            logger.warning("a question could not be handed over", extra={"reason": type(error).__name__})
            sentence = NOT_TAKEN if may_pass(error) else TOO_LARGE
            await ack(response_action="errors", errors={ASK_ABOUT_MESSAGE: sentence})
            return
        await ack()

    async def _is_member(self, channel: str) -> bool:
        """Whether the agent can answer in this channel; True if Slack does not say in time."""
        try:
            async with asyncio.timeout(MEMBERSHIP_TIMEOUT):
                found = (await self._client.conversations_info(channel=channel))["channel"]
        except SlackApiError as error:
            return error_code(error) not in _NOT_A_MEMBER
        except CALL_ERRORS:
            return True
        return bool(found.get("is_im") or found.get("is_member"))

    def _incoming(self, body: Mapping[str, Any], quoted: quotation.Quotation, question: str) -> IncomingMessage:
        author = body["user"]
        message = UserMessage(
            ts=quoted.asked_at,  # the same each time that the form is submitted, so that it is stored once
            user=author["id"],
            text=question,
            direct=quoted.channel.startswith("D"),
            team=foreign_workspace([author.get("team_id")], self._bot.team_id),
            files=quoted.files,
            attachments=quoted.attachments,
            unseen=True,
        )
        thread = Thread(team=self._bot.team_id, channel=quoted.channel, thread_ts=quoted.thread_ts)
        return IncomingMessage(thread, message, only_if_taking_part=False)


def _form(metadata: str) -> Block:
    entry = {"type": "plain_text_input", "action_id": ASK_ABOUT_MESSAGE, "multiline": True}
    question = {
        "type": "input",
        "block_id": ASK_ABOUT_MESSAGE,
        "label": plain_text("What do you want to know?"),
        "element": entry | {"initial_value": SUGGESTION},
        "hint": plain_text("I answer in the message's thread, where everybody can read it."),
    }
    named = {"callback_id": ASK_ABOUT_MESSAGE, "private_metadata": metadata}
    return _modal([question]) | named | {"submit": plain_text("Ask")}


def _invitation() -> Block:
    return _modal([section(INVITE_FIRST)])


def _modal(blocks: list[Block]) -> Block:
    return {"type": "modal", "title": plain_text("Ask the agent"), "close": plain_text("Close"), "blocks": blocks}


def _question(view: Mapping[str, Any]) -> str:
    """The question that was written in the form, escaped as Slack escapes the text of a message."""
    value = view["state"]["values"][ASK_ABOUT_MESSAGE][ASK_ABOUT_MESSAGE].get("value")
    return html.escape(storable_text(value, LONGEST_QUESTION), quote=False)
