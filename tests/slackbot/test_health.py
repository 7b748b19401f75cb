"""Promises of the health endpoint."""

from __future__ import annotations

import aiohttp
import pytest

from playground.temporal_server import free_port, is_in_use
from slackbot.health import Report, serve


async def ask(port: int) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("status", [200, 503])
async def test_the_status_says_whether_the_bot_is_healthy_and_the_body_gives_the_facts(status: int) -> None:
    async def report() -> Report:
        return status == 200, {"socket": "connected"}

    port = free_port()
    async with serve("127.0.0.1", port, report):
        assert await ask(port) == (status, {"socket": "connected"})
    assert not is_in_use(port)


async def test_without_a_port_nothing_is_served() -> None:
    async def report() -> Report:
        raise AssertionError("nobody can ask")

    async with serve("127.0.0.1", None, report):
        pass
