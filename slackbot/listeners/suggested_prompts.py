"""The questions that the agent suggests at the top of its direct messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.contract.agent_choice import Place
from agent_worker.contract.agents import DEFAULT_PROMPTS, AgentCatalog
from slackbot.conversations.agent_catalog import Catalogs
from slackbot.conversations.call_errors import CALL_ERRORS, may_pass
from slackbot.events.ids import CHANNEL, has_form
from slackbot.listeners.assistant_context import AssistantContext

PROMPTS = tuple(prompt.model_dump() for prompt in DEFAULT_PROMPTS)
PAUSE = 3_600.0  # seconds before the prompts are set again in the same channel
TIMEOUT = 2.0  # seconds; Slack waits 3 s for the acknowledgement
REMEMBERED = 10_000  # channels
logger = logging.getLogger(__name__)


class SuggestedPrompts:
    """Sets the prompts when a person opens the direct messages, at most once an hour for each person."""

    def __init__(
        self,
        client: AsyncWebClient,
        context: AssistantContext,
        catalogs: Catalogs,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogs = catalogs
        self._client = client
        self._context = context
        self._suggested: TTLCache[str, bool] = TTLCache(REMEMBERED, ttl=PAUSE, timer=clock)  # by channel

    def listen(self, app: AsyncApp) -> None:
        app.event("app_home_opened", matchers=[_is_messages_tab])(self.on_opened)

    async def on_opened(self, event: Mapping[str, Any]) -> None:
        """A failure is only logged: the direct messages work without suggestions."""
        self._context.note(event)
        channel = event.get("channel")
        if not has_form(channel, CHANNEL) or str(channel) in self._suggested:
            return
        self._suggested[str(channel)] = True
        try:
            async with asyncio.timeout(TIMEOUT):
                if prompts := prompts_in(await self._catalogs.read(), str(channel)):
                    await self._client.assistant_threads_setSuggestedPrompts(channel_id=str(channel), prompts=prompts)
        except CALL_ERRORS as error:
            logger.info("prompts not suggested", extra={"reason": type(error).__name__})
            if may_pass(error):
                self._suggested.pop(str(channel), None)


def prompts_in(catalog: AgentCatalog, direct: str) -> list[dict[str, str]]:
    """What the agent of somebody's direct messages suggests; before any worker has told it, what the manifest does."""
    agent = catalog.agent(catalog.choose(Place(direct)).agent)
    return list(PROMPTS) if agent is None else [prompt.model_dump() for prompt in agent.prompts]


async def _is_messages_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"
