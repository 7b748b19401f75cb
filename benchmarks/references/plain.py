"""The first reference: a bot that does everything in its listener and stores nothing. Nothing can be faster.

When this process dies, all conversations and every unfinished turn are lost, and nobody is told.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from google import genai
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.toolbox.open_toolbox import OpenToolbox
from benchmarks.references import equipment
from benchmarks.references.equipment import Content

READY = "plain bot is listening"


class PlainBot:
    """Keeps the `conversations` in memory, by thread."""

    def __init__(self, slack: AsyncWebClient, gemini: genai.client.AsyncClient, tools: OpenToolbox) -> None:
        self._slack = slack
        self._gemini = gemini
        self._tools = tools
        self._config = equipment.config()
        self._statuses: set[asyncio.Task[Any]] = set()
        self.conversations: dict[str, list[Content]] = defaultdict(list)

    async def on_mention(self, event: dict[str, Any]) -> None:
        channel, thread_ts = event["channel"], event.get("thread_ts") or event["ts"]
        self._show_status(channel, thread_ts)
        contents = self.conversations[thread_ts]
        contents.append(equipment.said(event["text"]))
        answer = await self._think(contents)
        await self._slack.chat_postMessage(channel=channel, thread_ts=thread_ts, text=answer)

    async def on_message(self) -> None:
        """Ignores messages: each mention also arrives as a message."""

    async def _think(self, contents: list[Content]) -> str:
        while True:
            content = await equipment.ask(self._gemini, contents, self._config)
            contents.append(content)
            calls = equipment.calls_in(content)
            if not calls:
                return equipment.text_of(content)
            parts = await asyncio.gather(*(equipment.run(self._tools, call) for call in calls))
            contents.append({"role": "user", "parts": list(parts)})

    def _show_status(self, channel: str, thread_ts: str) -> None:
        """Shows the status without making the model call wait."""
        showing = self._slack.assistant_threads_setStatus(
            channel_id=channel, thread_ts=thread_ts, status=equipment.THINKING
        )
        task = asyncio.create_task(showing)
        self._statuses.add(task)
        task.add_done_callback(self._statuses.discard)


async def main() -> None:
    async with equipment.slack_client() as slack, genai.Client().aio as gemini, equipment.tools() as tools:
        bot = PlainBot(slack, gemini, tools)
        app = AsyncApp(client=slack)
        app.event("app_mention")(bot.on_mention)
        app.event("message")(bot.on_message)
        await equipment.listen(app)
        print(READY, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
