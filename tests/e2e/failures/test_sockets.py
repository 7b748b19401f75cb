"""The connection of the real bot: what cuts it, hangs it or puts it to sleep costs no message, and can be seen."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.gemini.answers import text
from playground.temporal_server import free_port
from process.settings import BAD_SETTINGS
from tests.support.e2e.stage import Stage

SLACK_GIVES_UP = 400  # seconds


@pytest.fixture
async def healthy(temporal_address: str, tmp_path: Path) -> AsyncIterator[tuple[Stage, str]]:
    """Both processes, and the address at which the bot says how it is."""
    async with Stage(temporal_address, tmp_path) as stage:
        port = free_port()
        stage.bot = stage.process("slackbot", ready="bot is listening", SLACKBOT_HEALTH_PORT=str(port))
        await stage.start()
        yield stage, f"http://127.0.0.1:{port}/healthz"
        stage.gemini.assert_script_finished()


async def health(address: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.json()


async def test_the_bot_says_how_it_is_and_no_secrets(healthy: tuple[Stage, str]) -> None:
    stage, address = healthy
    await stage.bot.logged("first start")

    status, facts = await health(address)
    stage.slack.refuse_sockets()
    await stage.slack.drop_sockets()
    await stage.slack.until(lambda: stage.slack.refused_handshakes)
    away, what = await health(address)
    stage.slack.refuse_sockets(refuse=False)
    await stage.slack.until(lambda: stage.slack.connections)
    await stage.bot.logged("caught up")
    back, _ = await health(address)

    assert (status, away, back) == (200, 503, 200)
    assert facts.pop("last_frame_seconds") < 15
    assert facts == {"socket": "connected", "temporal": "reachable", "catch_up": "done"}
    assert what["socket"] == "connecting"


async def test_a_bot_that_was_asleep_finds_what_slack_has_given_up_on(healthy: tuple[Stage, str]) -> None:
    stage, _ = healthy
    stage.gemini.script(text("Good morning."))
    await stage.bot.logged("first start")
    os.kill(stage.bot.pid, signal.SIGSTOP)

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> sleeping?")
    stage.slack.clock.advance(SLACK_GIVES_UP)
    await stage.slack.drop_sockets()
    os.kill(stage.bot.pid, signal.SIGCONT)

    assert await stage.answered(ts) == ["Good morning."]


async def test_an_app_token_that_slack_refuses_ends_the_bot_and_is_named(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        bot = stage.process("slackbot", ready="bot is listening", SLACK_APP_TOKEN="xapp-of-yesterday")

        await bot.start(wait=False)

        assert await bot.ended() == BAD_SETTINGS
        assert any("SLACK_APP_TOKEN: Slack refuses it (invalid_auth)" in line for line in bot.lines)
        assert not any("of-yesterday" in line for line in bot.lines)
