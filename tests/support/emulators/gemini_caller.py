"""Clients of the pretend Gemini: plain HTTP, which can also send what is wrong, and Google's own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from google import genai

from agent_worker.gemini.client import make_client
from emulators.gemini.emulator import GeminiEmulator

MODEL = "gemini-3.8-flash"
STREAM = f"/v1/models/{MODEL}:streamGenerateContent?alt=sse"


@dataclass
class Caller:
    """Posts requests as any client would; what it sends can be changed to be wrong."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"x-goog-api-key": "test-key"})

    async def ask(
        self, *contents: Mapping[str, Any], model: str = MODEL, version: str = "v1", **body: Any
    ) -> httpx.Response:
        url = f"/{version}/models/{model}:generateContent"
        return await self.http.post(url, json={"contents": list(contents)} | body, headers=self.headers)

    async def stream(self) -> httpx.Response:
        """The whole answer to a request for a stream."""
        return await self.http.post(STREAM, json={"contents": [said("hi")]}, headers=self.headers)

    async def chunks(self) -> list[dict[str, Any]]:
        """The chunks of a stream."""
        lines = (await self.stream()).text.splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line]

    async def refusal(self, *contents: Mapping[str, Any], **body: Any) -> str:
        """The message of the 400 that these contents are answered with."""
        response = await self.ask(*contents, **body)
        assert response.status_code == 400, response.text
        error = response.json()["error"]
        assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
        return str(error["message"])


@asynccontextmanager
async def caller_of(gemini: GeminiEmulator) -> AsyncIterator[Caller]:
    """A client that speaks plain HTTP."""
    async with httpx.AsyncClient(base_url=gemini.base_url) as http:
        yield Caller(http)


@asynccontextmanager
async def client_of(gemini: GeminiEmulator) -> AsyncIterator[genai.Client]:
    """Google's own client, made as the worker makes it."""
    client = make_client("test-key", gemini.base_url, "v1", timedelta(seconds=60))
    yield client
    await client.aio.aclose()
    client.close()


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


def candidate(response: httpx.Response) -> dict[str, Any]:
    first: dict[str, Any] = response.json()["candidates"][0]
    return first
