"""The workflow of the second reference, one for each question, and its activities."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow

# Without this the sandbox imports these modules again for each workflow, which costs 300 ms and would be unfair.
with workflow.unsafe.imports_passed_through():
    from google import genai
    from slack_sdk.web.async_client import AsyncWebClient

    from agent_worker.toolbox.open_toolbox import OpenToolbox
    from benchmarks.references import equipment
    from benchmarks.references.equipment import Content

ACTIVITY_TIMEOUT = timedelta(seconds=60)


@dataclass
class Asked:
    """The message with the question."""

    channel: str
    thread_ts: str
    ts: str


@dataclass
class Answer:
    channel: str
    thread_ts: str
    text: str


class Activities:
    def __init__(self, slack: AsyncWebClient, tools: OpenToolbox) -> None:
        self._slack = slack
        self._tools = tools

    @activity.defn
    async def read_thread(self, asked: Asked) -> list[Content]:
        """The conversation so far, up to the question."""
        answer = await self._slack.conversations_replies(
            channel=asked.channel, ts=asked.thread_ts, latest=asked.ts, inclusive=True, limit=1000
        )
        messages: list[dict[str, Any]] = answer["messages"]
        return [_content(message) for message in messages]

    @activity.defn
    async def ask_model(self, contents: list[Content]) -> Content:
        async with genai.Client().aio as client:
            return await equipment.ask(client, contents, equipment.config())

    @activity.defn
    async def run_tool(self, call: dict[str, Any]) -> Content:
        return await equipment.run(self._tools, call)

    @activity.defn
    async def post_answer(self, answer: Answer) -> None:
        await self._slack.chat_postMessage(channel=answer.channel, thread_ts=answer.thread_ts, text=answer.text)


@workflow.defn
class AnswerQuestion:
    @workflow.run
    async def run(self, asked: Asked) -> str:
        contents = await workflow.execute_activity_method(
            Activities.read_thread, asked, start_to_close_timeout=ACTIVITY_TIMEOUT
        )
        text = await self._think(contents)
        answer = Answer(asked.channel, asked.thread_ts, text)
        await workflow.execute_activity_method(Activities.post_answer, answer, start_to_close_timeout=ACTIVITY_TIMEOUT)
        return text

    async def _think(self, contents: list[Content]) -> str:
        while True:
            content = await workflow.execute_activity_method(
                Activities.ask_model, contents, start_to_close_timeout=ACTIVITY_TIMEOUT
            )
            contents.append(content)
            calls = equipment.calls_in(content)
            if not calls:
                return equipment.text_of(content)
            running = [
                workflow.execute_activity_method(Activities.run_tool, call, start_to_close_timeout=ACTIVITY_TIMEOUT)
                for call in calls
            ]
            contents.append({"role": "user", "parts": await asyncio.gather(*running)})


def workflow_id(channel: str, ts: str) -> str:
    """The id of the workflow that answers the message `ts`."""
    return f"question-{channel}-{ts}"


def _content(message: dict[str, Any]) -> Content:
    if "bot_id" in message:
        return {"role": "model", "parts": [{"text": message["text"]}]}
    return equipment.said(message["text"])
