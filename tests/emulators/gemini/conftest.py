"""A pretend Gemini for each test, and the clients that ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from google import genai

from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, caller_of, client_of
from tests.support.emulators.stream_reader import StreamReader


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as gemini:
        yield gemini
        gemini.assert_script_finished()


@pytest.fixture
async def caller(gemini: GeminiEmulator) -> AsyncIterator[Caller]:
    async with caller_of(gemini) as caller:
        yield caller


@pytest.fixture
async def sdk(gemini: GeminiEmulator) -> AsyncIterator[genai.Client]:
    async with client_of(gemini) as client:
        yield client


@pytest.fixture
def reader(sdk: genai.Client) -> StreamReader:
    return StreamReader(sdk)
