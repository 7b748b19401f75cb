"""Promises of a process's Slack client: it knows who it is, waits for Slack, and sends nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import HttpUrl, SecretStr

from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import FaultKind
from emulators.slack.rules.scopes import BOT_SCOPES, OPTIONAL_BOT_SCOPES
from process.settings import BAD_SETTINGS
from process.slack import CALL_TIMEOUT, Identity, bot_token, identify, open_client


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as slack:
        yield slack


async def identity(slack: SlackEmulator, token: str | None = None) -> Identity:
    async with open_client(HttpUrl(slack.api_url), SecretStr(token or slack.bot_token)) as client, asyncio.timeout(10):
        return await identify(client)


async def test_slack_says_who_the_token_belongs_to(slack: SlackEmulator) -> None:
    assert await identity(slack) == Identity(
        slack.team_id,
        slack.bot_user_id,
        slack.bot_id,
        "https://playground.slack.com/",
        frozenset(BOT_SCOPES) | frozenset(OPTIONAL_BOT_SCOPES),
    )


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error", "lost_reply", "refused", "error"])
async def test_a_slack_that_is_away_is_waited_for(slack: SlackEmulator, kind: FaultKind) -> None:
    slack.faults.add(method="auth.test", kind=kind, error="fatal_error")

    assert (await identity(slack)).bot_id == slack.bot_id


async def test_a_token_that_slack_refuses_ends_the_process_and_is_not_shown(
    slack: SlackEmulator, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        await identity(slack, "xoxb-very-secret")

    printed = capsys.readouterr().err
    assert stop.value.code == BAD_SETTINGS
    assert "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)" in printed
    assert "very-secret" not in printed


async def test_the_client_itself_repeats_no_call(slack: SlackEmulator) -> None:
    slack.faults.add(method="auth.test", kind="lost_reply")

    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.auth_test()

    assert len(slack.calls) == 1


async def test_every_call_has_a_deadline(slack: SlackEmulator) -> None:
    async with open_client(HttpUrl(slack.api_url), None) as client:
        assert client.session is not None
        assert (client.timeout, client.session.timeout.total) == (CALL_TIMEOUT, CALL_TIMEOUT)


async def test_calls_to_this_machine_use_no_proxy(slack: SlackEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    assert (await identity(slack)).bot_id == slack.bot_id


def test_a_bot_token_is_told_from_other_tokens_without_being_shown() -> None:
    assert bot_token(SecretStr("xoxb-1")).get_secret_value() == "xoxb-1"
    with pytest.raises(ValueError, match=r"^is not a bot token$"):
        bot_token(SecretStr("xapp-1"))


async def test_an_installation_in_a_whole_organisation_ends_the_process_with_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with SlackEmulator(organisation_wide=True) as organisation:
        with pytest.raises(SystemExit) as stop:
            await identity(organisation)

    assert stop.value.code == BAD_SETTINGS
    assert "SLACK_BOT_TOKEN: the app is installed in a whole organisation" in capsys.readouterr().err


async def test_each_call_brings_the_headers_that_are_asked_for_it(slack: SlackEmulator) -> None:
    made = iter(("first", "second"))

    def headers() -> dict[str, str]:
        return {"X-Activity": next(made)}

    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token), headers) as client:
        await client.auth_test()
        await client.auth_test()

    assert [call.headers for call in slack.calls] == [{"x-activity": "first"}, {"x-activity": "second"}]
