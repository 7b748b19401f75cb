"""A pretend Gemini with the adapter that asks it through the real SDK, and conversations with pretend activities."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from agent_worker.conversation.participants import Verdict
from agent_worker.gemini.client import Gemini
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.guests import Expire
from tests.support.agent_worker.questions import gemini_at
from tests.support.agent_worker.rehearsal import Rehearsal


@pytest.fixture
async def emulator(few_certificates: None) -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as emulator:
        yield emulator
        emulator.assert_script_finished()


@pytest.fixture
async def gemini(emulator: GeminiEmulator) -> AsyncIterator[Gemini]:
    async with gemini_at(emulator.base_url) as gemini:
        yield gemini


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    async with Rehearsal(temporal_address) as rehearsal:
        yield rehearsal


@pytest.fixture
def expire(monkeypatch: pytest.MonkeyPatch) -> Expire:
    """Makes all verdicts expire that were given before it is called."""
    moments: list[float] = []

    def is_fresh(verdict: Verdict, now: float) -> bool:
        return not any(verdict.at < moment <= now for moment in moments)

    monkeypatch.setattr(Verdict, "is_fresh", is_fresh)
    return lambda: moments.append(time.time())
