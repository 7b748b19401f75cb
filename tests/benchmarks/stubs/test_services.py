"""Promises of the stubs: each service takes the time that it was told to take."""

from __future__ import annotations

import time
from collections.abc import Awaitable

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.stubs.questions import Question
from benchmarks.stubs.services import Latencies, Stubs
from emulators.gemini.pace import TOKENS_IN_A_PIECE
from tests.support.emulators.gemini_caller import Caller, said


async def seconds_of(request: Awaitable[object]) -> float:
    begun = time.monotonic()
    await request
    return time.monotonic() - begun


async def test_the_stubs_take_the_time_that_they_are_told() -> None:
    async with (
        Stubs() as stubs,
        httpx.AsyncClient() as http,
        httpx.AsyncClient(base_url=stubs.gemini.base_url) as model,
    ):
        slack = AsyncWebClient(stubs.slack.bot_token, base_url=stubs.slack.api_url)
        stubs.set_latencies(Latencies(model=0.06, tool=0.05, slack=0.04))

        assert await seconds_of(Caller(model).ask(said(Question("haiku", 1).words))) >= 0.06
        assert await seconds_of(http.get(stubs.world.ip_address_url)) >= 0.05
        assert await seconds_of(slack.auth_test()) >= 0.04

        stubs.set_latencies(Latencies(model=0.02, tokens_per_second=2_000))
        words = said(Question("haiku", 2).words)
        assert await seconds_of(Caller(model).ask(words)) >= 0.02 + (100 - TOKENS_IN_A_PIECE - 2) / 2_000
