"""The bot of the second reference: each mention starts a workflow."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.references import equipment
from benchmarks.references.tutorial.workflow import AnswerQuestion, Asked, workflow_id

READY = "tutorial bot is listening"


class TutorialBot:
    def __init__(self, slack: AsyncWebClient, temporal: Client) -> None:
        self._slack = slack
        self._temporal = temporal

    async def on_mention(self, event: dict[str, Any]) -> None:
        asked = Asked(event["channel"], event.get("thread_ts") or event["ts"], event["ts"])
        await self._slack.assistant_threads_setStatus(
            channel_id=asked.channel, thread_ts=asked.thread_ts, status=equipment.THINKING
        )
        await self._temporal.start_workflow(
            AnswerQuestion.run,
            asked,
            id=workflow_id(asked.channel, asked.ts),
            task_queue=os.environ["TEMPORAL_TASK_QUEUE"],
        )

    async def on_message(self) -> None:
        """Ignores messages: each mention also arrives as a message."""


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter)
    async with equipment.slack_client() as slack:
        bot = TutorialBot(slack, client)
        app = AsyncApp(client=slack)
        app.event("app_mention")(bot.on_mention)
        app.event("message")(bot.on_message)
        await equipment.listen(app)
        print(READY, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
