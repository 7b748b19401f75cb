"""Promises of a Web API call: what Slack says is translated once into what Temporal does about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import HttpUrl, SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE
from agent_worker.slack.api import call
from emulators.server import Server
from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import FaultKind
from process.slack import open_client

POST = "chat.postMessage"


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as slack:
        slack.add_channel("general", members=[slack.add_user("anna")])
        yield slack


@pytest.fixture
async def client(slack: SlackEmulator) -> AsyncIterator[AsyncWebClient]:
    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        yield client


async def refusal(client: AsyncWebClient, **arguments: Any) -> ApplicationError:
    """The error of a post that Slack does not take."""
    with pytest.raises(ApplicationError) as refused:
        await call(client.chat_postMessage, **({"channel": "C0NOWHERE", "text": "hello"} | arguments))
    return refused.value


async def test_what_slack_answers_is_returned(slack: SlackEmulator, client: AsyncWebClient) -> None:
    answer = await call(client.auth_test)

    assert (answer["team_id"], answer["bot_id"]) == (slack.team_id, slack.bot_id)


async def test_what_slack_will_never_do_is_final_and_named_by_slacks_own_word(client: AsyncWebClient) -> None:
    error = await refusal(client)

    assert (error.type, error.message, error.non_retryable) == (SLACK_REFUSED, "channel_not_found", True)


async def test_a_rate_limit_is_waited_for_as_long_as_slack_says(slack: SlackEmulator, client: AsyncWebClient) -> None:
    slack.faults.add(method=POST, kind="rate_limited", retry_after=7)

    error = await refusal(client)

    assert (error.type, error.message, error.non_retryable) == (SLACK_UNAVAILABLE, "ratelimited", False)
    assert error.next_retry_delay == timedelta(seconds=7)


@pytest.mark.parametrize("kind", ["internal_error", "internal_error_after_commit", "lost_reply", "refused"])
async def test_trouble_on_slacks_side_or_on_the_way_is_tried_again(
    slack: SlackEmulator, client: AsyncWebClient, kind: FaultKind
) -> None:
    slack.faults.add(method=POST, kind=kind)

    error = await refusal(client)

    assert (error.type, error.non_retryable) == (SLACK_UNAVAILABLE, False)
    assert len(slack.calls) == 1  # by Temporal, not by the SDK


@pytest.mark.parametrize("name", ["fatal_error", "internal_error", "rate_limited", "service_unavailable"])
async def test_an_answer_that_says_not_now_is_tried_again(
    slack: SlackEmulator, client: AsyncWebClient, name: str
) -> None:
    slack.faults.add(method=POST, kind="error", error=name)

    error = await refusal(client)

    assert (error.type, error.message, error.non_retryable) == (SLACK_UNAVAILABLE, name, False)


@pytest.mark.parametrize("name", ["token_revoked", "account_inactive", "missing_scope", "invalid_auth"])
async def test_what_whoever_runs_the_app_can_repair_is_tried_until_it_is(
    slack: SlackEmulator, client: AsyncWebClient, name: str
) -> None:
    slack.faults.add(method=POST, kind="error", error=name)

    error = await refusal(client)

    assert (error.type, error.message, error.non_retryable) == (SLACK_UNAVAILABLE, name, False)
    assert error.next_retry_delay is not None
    assert error.next_retry_delay >= timedelta(seconds=10)


async def test_a_slack_that_is_not_there_is_tried_again(slack: SlackEmulator) -> None:
    async with open_client(HttpUrl("http://127.0.0.1:9/api/"), SecretStr(slack.bot_token)) as client:
        error = await refusal(client)

    assert (error.type, error.non_retryable) == (SLACK_UNAVAILABLE, False)


async def test_a_slack_that_takes_too_long_is_tried_again(slack: SlackEmulator) -> None:
    slack.faults.add(method=POST, kind="slow", seconds=30)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        error = await refusal(client)
    slack.clock.advance(30)

    assert (error.type, error.non_retryable) == (SLACK_UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (502, "text/html", "<html>Bad Gateway</html>"),
        (200, "text/html", "<html>Log in to this network</html>"),
        (200, "application/json", "{"),
        (503, "application/json", "[]"),
        (200, "application/json", ""),
    ],
)
async def test_an_answer_that_is_not_slacks_is_tried_again(status: int, kind: str, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    server = Server(0, [("*", "/api/{method}", answer)])
    origin = await server.start()
    try:
        async with open_client(HttpUrl(f"{origin}/api/"), SecretStr("xoxb-x")) as client:
            error = await refusal(client)
    finally:
        await server.stop()

    assert (error.type, error.non_retryable) == (SLACK_UNAVAILABLE, False)


async def test_an_error_names_neither_the_token_nor_what_was_said(slack: SlackEmulator, client: AsyncWebClient) -> None:
    slack.faults.add(method=POST, kind="lost_reply")

    errors = [await refusal(client, text="our secret"), await refusal(client, text="our secret")]

    for error in errors:
        assert error.__cause__ is None
        assert "our secret" not in str(error)
        assert slack.bot_token not in str(error)
