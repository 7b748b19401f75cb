"""Promises of the doctor about Slack: each thing that can be wrong is told as Slack told it, with what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import HttpUrl

from emulators.server import Server
from emulators.slack.emulator import SlackEmulator
from playground.temporal_server import free_port
from process import slack as slack_client
from process.checkup.finding import Finding
from slackbot.doctor.manifest import read_manifest
from slackbot.doctor.slack_checks import SlackChecks
from tests.support.checkup import found, states
from tests.support.emulators.scene import listening, scene

NAMES = (
    *("bot token", "scopes", "app token", "Socket Mode", "one app"),
    *("events, buttons", "Delayed Events", "channels", "clock (Slack)"),
)


@asynccontextmanager
async def slack_with(**settings: Any) -> AsyncIterator[SlackEmulator]:
    """A Slack with one channel, in which the bot is."""
    async with SlackEmulator(**settings) as slack:
        slack.add_channel("general", members=[slack.add_user("anna")])
        yield slack


async def looked_at(slack: SlackEmulator, **options: Any) -> dict[str, Finding]:
    """What the doctor finds; `bot_token` and `app_token` may be others than those of the app."""
    return await asked(
        slack.api_url, options.pop("bot_token", slack.bot_token), options.pop("app_token", slack.app_token), **options
    )


async def asked(api_url: str, bot_token: str, app_token: str, **options: Any) -> dict[str, Finding]:
    async with slack_client.open_client(HttpUrl(api_url), None) as client:
        return await found(SlackChecks(client, bot_token, app_token, read_manifest(), **options).checks())


@asynccontextmanager
async def a_proxy(answer: Callable[[], web.Response]) -> AsyncIterator[str]:
    """The address of something that answers in Slack's place."""

    async def handle(_: web.Request) -> web.Response:
        return answer()

    server = Server(0, [("*", "/api/{method}", handle)])
    await server.start()
    try:
        yield f"{server.address}/api/"
    finally:
        await server.stop()


async def test_where_all_is_well_only_what_cannot_be_seen_is_noted() -> None:
    async with slack_with() as slack:
        told = await looked_at(slack)

    unseen = {"events, buttons", "Delayed Events"}
    assert states(told) == {name: "note" if name in unseen else "ok" for name in NAMES}
    assert told["bot token"].found == f"@agent in Playground (https://playground.slack.com/, {slack.team_id})"
    assert told["scopes"].found == "all 18 of manifest.yml"
    assert told["channels"].found == "in 1: #general"
    assert told["one app"].found == f"both tokens are of the app {slack.app_id}"
    assert all(finding.mend for finding in told.values() if finding.state != "ok")


async def test_it_writes_nothing_anywhere() -> None:
    async with slack_with() as slack:
        await looked_at(slack)

        assert {call.method for call in slack.calls} == {
            *("auth.test", "apps.connections.open", "bots.info", "users.conversations")
        }


# Tokens


async def test_swapped_tokens_are_told_without_asking_slack() -> None:
    async with slack_with() as slack:
        told = await looked_at(slack, bot_token=slack.app_token, app_token=slack.bot_token)

        assert slack.calls == []
    assert "swapped" in told["bot token"].found
    assert "swapped" in told["app token"].found
    assert told["scopes"].state == told["Socket Mode"].state == "skipped"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("invalid_auth", "does not know this token"),
        ("token_revoked", "was revoked"),
        ("token_expired", "token rotation"),
        ("account_inactive", "was removed from the workspace"),
        ("team_access_not_granted", "was not granted access"),
        ("some_new_error", "https://docs.slack.dev/reference/methods"),
    ],
)
async def test_a_token_that_slack_refuses_is_told_with_slacks_error_and_what_it_means(error: str, told: str) -> None:
    async with slack_with() as slack:
        slack.faults.add(method="auth.test", kind="error", error=error)
        finding = (await looked_at(slack))["bot token"]

    assert finding.state == "failed"
    assert f"HTTP status 200 OK, Slack's error is {error}" in finding.found
    assert told in finding.found
    assert "Install App" in finding.mend


async def test_a_bot_token_of_no_app_and_an_app_token_of_no_app_are_each_refused() -> None:
    async with slack_with() as slack:
        told = await looked_at(slack, bot_token="xoxb-of-nobody-1234", app_token="xapp-of-nobody-1234")

    assert "invalid_auth" in told["bot token"].found
    assert "invalid_auth" in told["app token"].found


async def test_an_app_token_without_its_scope_is_told_with_the_scope_that_it_needs() -> None:
    async with slack_with(app_token_scopes=["authorizations:read"]) as slack:
        finding = (await looked_at(slack))["app token"]

    assert finding.state == "failed"
    assert "missing_scope; needed: connections:write; provided: authorizations:read" in finding.found
    assert "connections:write" in finding.mend


async def test_an_app_in_a_whole_organisation_is_refused() -> None:
    async with slack_with(organisation_wide=True) as slack:
        finding = (await looked_at(slack))["bot token"]

    assert (finding.state, "in one workspace" in finding.mend) == ("failed", True)


async def test_tokens_of_two_apps_are_told_because_then_the_bot_hears_nothing() -> None:
    async with slack_with(app_token_of="A0ELSEWHERE") as slack:
        finding = (await looked_at(slack))["one app"]

    assert finding.state == "failed"
    assert finding.found == (
        f"SLACK_BOT_TOKEN is of the app {slack.app_id}, and SLACK_APP_TOKEN of the app A0ELSEWHERE"
    )


async def test_a_slack_that_is_busy_or_broken_is_not_held_against_the_tokens() -> None:
    async with slack_with() as slack:
        slack.faults.add(method="auth.test", kind="rate_limited", retry_after=7)
        slack.faults.add(method="apps.connections.open", kind="internal_error")
        told = await looked_at(slack)

    assert (told["bot token"].state, told["app token"].state) == ("unknown", "unknown")
    assert "ratelimited; try again after 7 s" in told["bot token"].found
    assert "HTTP status 500 Internal Server Error, Slack's error is internal_error" in told["app token"].found


# Scopes and channels


async def test_missing_scopes_are_named_with_what_they_are_for() -> None:
    async with slack_with() as slack:
        slack.revoke("files:write", "im:history")
        finding = (await looked_at(slack))["scopes"]

    assert finding.state == "failed"
    assert finding.found == (
        "not granted: files:write (give long answers, and what tools show, as files); "
        "im:history (receive direct messages, and read their threads)"
    )
    assert "Reinstall" in finding.mend


async def test_a_missing_optional_scope_is_only_noted() -> None:
    async with slack_with() as slack:
        slack.revoke("search:read.public")
        finding = (await looked_at(slack))["scopes"]

    assert finding.state == "note"
    assert "search:read.public (search public channels for who asks" in finding.found


async def test_a_bot_in_no_channel_is_noted_with_the_command_that_invites_it() -> None:
    async with SlackEmulator() as slack:
        finding = (await looked_at(slack))["channels"]

    assert (finding.state, finding.mend) == ("note", "/invite @agent in a channel")


async def test_channels_are_looked_for_as_far_as_the_scopes_go() -> None:
    async with slack_with() as slack:
        slack.revoke("groups:read")

        assert (await looked_at(slack))["channels"].found == "in 1: #general"


# Socket Mode


async def test_socket_mode_that_is_switched_off_is_told() -> None:
    async with slack_with(socket_mode=False) as slack:
        finding = (await looked_at(slack))["Socket Mode"]

    assert finding.state == "failed"
    assert "link_disabled" in finding.found
    assert "switch Socket Mode on" in finding.mend


async def test_a_bot_that_runs_is_seen_and_keeps_its_connection_and_its_events() -> None:
    async with scene() as stage, listening(stage.slack) as listener:
        told = await looked_at(stage.slack)
        await stage.slack.until(lambda: stage.slack.connections == 1)
        stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")
        await stage.slack.until(lambda: len(listener.heard) >= 2)

    assert told["Socket Mode"].state == "ok"
    assert "1 other connection is open: a bot runs" in told["Socket Mode"].found


async def test_an_event_that_comes_over_the_doctors_connection_is_not_acknowledged() -> None:
    async with scene() as stage:
        looking = asyncio.create_task(looked_at(stage.slack))
        await stage.slack.until(lambda: stage.slack.connections == 1)
        stage.slack.say(stage.anna, stage.general, "just now")
        await looking

        assert [delivery.acked for delivery in stage.slack.deliveries] == [False]
        async with listening(stage.slack) as listener:
            stage.slack.clock.advance(3.0)
            await stage.slack.until(lambda: bool(listener.heard))


async def test_without_a_connection_nothing_is_opened() -> None:
    async with slack_with() as slack:
        finding = (await looked_at(slack, connects=False))["Socket Mode"]

        assert slack.connections == 0
    assert (finding.state, "as you wished" in finding.found) == ("note", True)


async def test_ten_open_connections_are_told_as_too_many() -> None:
    async with slack_with() as slack:
        slack.backend.sockets._connections.extend([object()] * 10)  # type: ignore[list-item]
        finding = (await looked_at(slack))["Socket Mode"]
        slack.backend.sockets._connections.clear()

    assert (finding.state, "too_many_websockets" in finding.found) == ("failed", True)


async def test_a_refused_handshake_is_told_with_its_status() -> None:
    async with slack_with() as slack:
        slack.refuse_sockets()
        finding = (await looked_at(slack))["Socket Mode"]

    assert finding.state == "failed"
    assert "HTTP status 408" in finding.found


# What is not Slack


async def test_where_nothing_listens_the_network_is_told() -> None:
    told = await asked(f"http://127.0.0.1:{free_port()}/api/", "xoxb-1", "xapp-1")

    assert told["bot token"].state == "failed"
    assert "no answer of Slack: ClientConnectorError" in told["bot token"].found
    assert "HTTPS_PROXY" in told["bot token"].mend


@pytest.mark.parametrize("status", [200, 407, 502])
async def test_the_page_of_a_proxy_is_told_as_it_came(status: int) -> None:
    page = "<html><title>Please log in</title></html>"
    async with a_proxy(lambda: web.Response(status=status, text=page, content_type="text/html")) as url:
        finding = (await asked(url, "xoxb-1", "xapp-1"))["bot token"]

    assert finding.state == "failed"
    assert f"HTTP status {status} " in finding.found
    assert finding.found.endswith(f"with text/html; charset=utf-8 instead of Slack's JSON: “{page}”")
    assert "in Slack's place" in finding.mend


async def test_an_answer_without_slacks_headers_leaves_scopes_and_clock_unknown() -> None:
    def without_headers() -> web.Response:
        return web.json_response({"ok": True, "user": "agent"}, headers={"Date": "none"})

    async with a_proxy(without_headers) as url:
        told = await asked(url, "xoxb-1", "xapp-1", connects=False)

    assert (told["scopes"].state, told["clock (Slack)"].state) == ("unknown", "unknown")


@pytest.mark.parametrize(("seconds", "state"), [(1.0, "ok"), (5.0, "note"), (-90.0, "failed")])
async def test_a_clock_that_is_wrong_is_told(seconds: float, state: str) -> None:
    async with slack_with() as slack:
        finding = (await looked_at(slack, now=lambda: time.time() + seconds))["clock (Slack)"]

    assert finding.state == state
    if state != "ok":
        assert ("ahead of" if seconds > 0 else "behind") in finding.found
        assert "NTP" in finding.mend
