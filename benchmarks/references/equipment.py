"""What both references are built from: the product's own tools, and Gemini and Slack as their SDKs offer them."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from google import genai
from google.genai import types
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from agent_worker.agents import agent_file
from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.toolbox import Toolbox
from process.settings import load

Content = dict[str, Any]

MODEL = "gemini-3.8-flash"
DEFAULT_AGENT = Path(__file__).parents[2] / "agents" / "default.md"
THINKING = "is thinking…"
_MENTION = re.compile(r"<@\w+>\s*")


@asynccontextmanager
async def slack_client() -> AsyncIterator[AsyncWebClient]:
    """A client that keeps its connections; by itself the SDK makes a new one for each call."""
    async with aiohttp.ClientSession() as session:
        token, base_url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
        yield AsyncWebClient(token=token, base_url=base_url, session=session)


@asynccontextmanager
async def tools() -> AsyncIterator[OpenToolbox]:
    """The product's tools, with settings from the environment."""
    async with httpx.AsyncClient() as http:
        toolbox, settings = _configured()
        yield toolbox.open(http, settings)


def _configured() -> tuple[Toolbox, list[Any]]:
    """The tools that the product's worker would have, and their settings."""
    toolbox = Toolbox.discover()
    settings = load(*toolbox.settings_classes())
    return toolbox.configured(settings), settings


async def listen(app: AsyncApp) -> None:
    """Connects the app to Slack and returns when it is connected."""
    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types here


def config() -> types.GenerateContentConfig:
    """The instructions and tools that the product gives to the model."""
    functions = [types.FunctionDeclaration(**declaration) for declaration in _configured()[0].declarations()]
    return types.GenerateContentConfig(
        system_instruction=agent_file.read("default", "", DEFAULT_AGENT.read_bytes()).instructions,
        tools=[types.Tool(function_declarations=functions)],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


async def ask(
    client: genai.client.AsyncClient, contents: Sequence[Content], how: types.GenerateContentConfig
) -> Content:
    """Makes one model call and returns the content that the model adds to the conversation."""
    given = [types.Content.model_validate(content) for content in contents]
    response = await client.models.generate_content(model=MODEL, contents=list(given), config=how)
    candidate = (response.candidates or [])[0]
    assert candidate.content is not None
    return candidate.content.model_dump(mode="json", by_alias=True, exclude_none=True)


async def run(toolbox: OpenToolbox, call: dict[str, Any]) -> Content:
    """Runs one tool call and returns the part that answers it."""
    result = await toolbox.run(call["name"], call.get("args"))
    result.pop("sources", None)  # these are for people, not for the model
    return {"functionResponse": {"id": call.get("id"), "name": call["name"], "response": result}}


def said(text: str) -> Content:
    """The content for a person's message, without the mention of the bot."""
    return {"role": "user", "parts": [{"text": _MENTION.sub("", text)}]}


def calls_in(content: Content) -> list[dict[str, Any]]:
    return [part["functionCall"] for part in content["parts"] if "functionCall" in part]


def text_of(content: Content) -> str:
    return "".join(part.get("text", "") for part in content["parts"] if not part.get("thought"))
