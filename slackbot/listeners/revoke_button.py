"""The Revoke buttons in the answer to `/agent grants`: whoever sees the answer may take a grant back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from agent_worker.contract.names import REVOKE_BUTTON
from process.slack import Identity
from slackbot.conversations.call_errors import CALL_ERRORS
from slackbot.conversations.grants import Grants
from slackbot.events.contents import storable_text
from slackbot.events.ids import CHANNEL, PERSON, has_form
from slackbot.listeners import grant_captions
from slackbot.listeners.grant_captions import Answer
from text.json_shapes import items, mapping

# Of the 3 s that Slack waits for the acknowledgement; the rest is for revoking and for listing what is left.
ANSWER_TIMEOUT = 0.8  # seconds
LONGEST_ID = 1_000  # characters
logger = logging.getLogger(__name__)


class RevokeButton:
    def __init__(self, bot: Identity, client: AsyncWebClient, grants: Grants) -> None:
        self._bot = bot
        self._client = client
        self._grants = grants

    def listen(self, app: AsyncApp) -> None:
        app.action(REVOKE_BUTTON)(self.on_click)

    async def on_click(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Shows the list anew in any case, so that the person sees an effect of the click."""
        press = mapping(next(iter(items(body.get("actions"))), None))
        user, channel = mapping(body.get("user")).get("id"), mapping(body.get("channel")).get("id")
        grant = storable_text(press.get("value"), LONGEST_ID)
        if grant and has_form(user, PERSON) and has_form(channel, CHANNEL):
            notice = await self._grants.revoke(grant, str(user))
            answer = await grant_captions.in_channel(self._grants, self._bot, str(channel), notice)
            await self._show(answer, str(user), str(channel), body.get("response_url"))
        await ack()

    async def _show(self, answer: Answer, user: str, channel: str, response_url: object) -> None:
        """In place of the list before; if Slack does not take that, below it."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                if not await self._replace(answer, response_url):
                    await self._client.chat_postEphemeral(
                        channel=channel, user=user, text=answer.text, blocks=answer.blocks
                    )
        except CALL_ERRORS as error:
            logger.info("the grants could not be shown anew", extra={"reason": type(error).__name__})

    async def _replace(self, answer: Answer, response_url: object) -> bool:
        """Whether Slack has taken it. The Web API cannot change a message that only one person sees."""
        if not isinstance(response_url, str) or not response_url:
            return False
        webhook = AsyncWebhookClient(response_url, session=self._client.session, retry_handlers=[])
        webhook.proxy = self._client.proxy  # the SDK would take the one of the environment for every address
        taken = await webhook.send(text=answer.text, blocks=answer.blocks, replace_original=True)
        return taken.status_code == 200  # noqa: PLR2004
