"""A pretend Gemini and a plain HTTP client that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from playground.gemini.emulator import GeminiEmulator

MODEL = "gemini-3.8-flash"


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

    async def refusal(self, *contents: Mapping[str, Any], **body: Any) -> str:
        """The message of the 400 that these contents are answered with."""
        response = await self.ask(*contents, **body)
        assert response.status_code == 400, response.text
        error = response.json()["error"]
        assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
        return str(error["message"])


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as gemini:
        yield gemini
        gemini.assert_script_finished()


@pytest.fixture
async def caller(gemini: GeminiEmulator) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(base_url=gemini.base_url) as http:
        yield Caller(http)


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}
