"""Promises of the connection: however it ends, hangs or is refused, there is one again, and what was lost is known."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import aiohttp
import pytest
from pydantic import HttpUrl, SecretStr

from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import FaultKind
from process.settings import BAD_SETTINGS
from process.slack import open_client
from slackbot.connection import socket_mode as socket_mode_module
from tests.support.slackbot.listening import Stage, listening


async def say_hello(slack: SlackEmulator) -> None:
    """A few round trips to the same Slack."""
    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        for _ in range(5):
            await client.auth_test()


def opened(slack: SlackEmulator) -> int:
    return [call.method for call in slack.calls].count("apps.connections.open")


async def hears(stage: Stage) -> None:
    """Fails unless there is a connection, and a mention arrives and is stored."""
    await stage.slack.until(lambda: stage.slack.connections == 1)
    ts = stage.mention()
    stage.slack.clock.advance(3)  # what went into a dead connection comes again
    await stage.slack.until(lambda: ts in stage.storage.stored and all(stage.acknowledged(ts)))


async def test_a_refused_handshake_is_tried_again_with_a_new_ticket(stage: Stage) -> None:
    stage.slack.refuse_sockets()
    bot = listening(stage)
    connecting = asyncio.create_task(bot.__aenter__())
    await stage.slack.until(lambda: stage.slack.refused_handshakes >= 2)

    stage.slack.refuse_sockets(refuse=False)
    await connecting
    await hears(stage)
    await bot.__aexit__(None, None, None)

    assert opened(stage.slack) == stage.slack.refused_handshakes + 1


async def test_a_connection_that_hangs_is_noticed_and_made_again(stage: Stage) -> None:
    async with listening(stage, ping_interval=0.2):
        before = time.time()
        stage.slack.silence_sockets()
        await stage.slack.until(lambda: opened(stage.slack) == 2 and stage.slack.connections == 1)

        await hears(stage)

    assert len(stage.lost) == 1
    assert stage.lost[0] == pytest.approx(before, abs=0.3)


async def test_a_connection_that_answers_pings_and_delivers_nothing_is_made_anew(stage: Stage) -> None:
    began = time.time()
    async with listening(stage, ping_interval=0.05, quiet=0.4) as bot:
        await stage.slack.until(lambda: opened(stage.slack) >= 2 and stage.slack.connections == 1)
        await hears(stage)

    assert bot.last_frame > stage.lost[0] + 0.2, "it was alive, as far as pings can tell"
    assert stage.lost[0] == pytest.approx(began, abs=0.3)


async def test_a_connection_that_delivers_is_left_alone_however_long_it_lasts(stage: Stage) -> None:
    async with listening(stage, ping_interval=0.05, quiet=1.5):
        until = time.time() + 2.5
        while time.time() < until:
            await hears(stage)

    assert opened(stage.slack) == 1


async def test_a_connection_that_slack_does_not_greet_is_given_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode_module, "OPEN_TIMEOUT", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(stage.slack._backend.sockets, "_hello", lambda: {"type": "new_thing"})
        bot = listening(stage, ping_interval=0.1)
        connecting = asyncio.create_task(bot.__aenter__())
        await stage.slack.until(lambda: opened(stage.slack) >= 2)
    await connecting

    await hears(stage)
    await bot.__aexit__(None, None, None)


async def test_a_process_that_slept_counts_what_it_slept_through_as_missed(stage: Stage) -> None:
    async with listening(stage, ping_interval=0.1) as socket_mode:
        asleep_since = socket_mode.last_frame - 3_600
        socket_mode._last_frame = asleep_since  # as if an hour had passed since; the connection is as it was

        await stage.slack.until(lambda: stage.lost)

    assert stage.lost == [asleep_since]
    assert opened(stage.slack) == 1


async def test_pings_keep_a_quiet_connection(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode_module, "OPEN_TIMEOUT", 0.2)  # the handshake's, and over with it
    async with listening(stage, ping_interval=0.1) as socket_mode:
        greeted = socket_mode.last_frame
        await stage.slack.until(lambda: socket_mode.last_frame > greeted + 0.5)

    assert opened(stage.slack) == 1
    assert stage.lost == []


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_slacks_goodbye_is_followed_by_one_new_connection(
    stage: Stage, reason: Literal["warning", "refresh_requested"]
) -> None:
    async with listening(stage):
        await stage.slack.send_disconnect(reason)
        await stage.slack.until(lambda: opened(stage.slack) == 2 and stage.slack.connections == 1)
        stage.slack.clock.advance(10)  # the second goodbye that follows a warning is for the old connection

        await hears(stage)

    assert opened(stage.slack) == 2
    assert len(stage.lost) == 1


async def test_socket_mode_that_is_switched_off_is_said_once_and_tried_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(stage) as socket_mode:
        stage.slack.refuse_sockets()
        await stage.slack.send_disconnect("link_disabled")
        await stage.slack.until(lambda: stage.slack.refused_handshakes)
        stage.slack.refuse_sockets(refuse=False)

        await hears(stage)

        assert socket_mode.state == "connected"
    said = [record.message for record in caplog.records if "switched off" in record.message]
    assert said == ["Socket Mode is switched off in the settings of the Slack app"]


async def test_when_all_connections_are_taken_the_bot_says_so_and_waits_for_one(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    slack = stage.slack
    async with aiohttp.ClientSession() as session, open_client(HttpUrl(slack.api_url), None) as client:
        taken = []
        for _ in range(10):
            answer = await client.apps_connections_open(app_token=slack.app_token)
            taken.append(await session.ws_connect(answer["url"]))
        bot = listening(stage)
        connecting = asyncio.create_task(bot.__aenter__())
        await slack.until(lambda: opened(slack) >= 10 + 3)

        for socket in taken:
            await socket.close()
        await connecting
    await hears(stage)
    await bot.__aexit__(None, None, None)

    said = [record.message for record in caplog.records if "ten connections" in record.message]
    assert len(said) == 1


async def test_an_app_token_that_slack_refuses_at_the_start_ends_the_process_and_is_named(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind="error", error="invalid_auth")

    with pytest.raises(SystemExit) as stop:
        await listening(stage).__aenter__()

    assert stop.value.code == BAD_SETTINGS
    said = capsys.readouterr().err
    assert "SLACK_APP_TOKEN: Slack refuses it (invalid_auth)" in said
    assert stage.slack.app_token not in said


@pytest.mark.parametrize("kind", ["internal_error", "rate_limited", "refused"])
async def test_slack_that_is_away_at_the_start_is_waited_for(stage: Stage, kind: FaultKind) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind=kind, times=2, retry_after=0)

    async with listening(stage):
        await hears(stage)


async def test_a_token_that_is_refused_later_is_tried_on(stage: Stage) -> None:
    async with listening(stage):
        stage.slack.faults.add(method="apps.connections.open", kind="error", error="invalid_auth", times=3)
        await stage.slack.drop_sockets()

        await stage.slack.until(lambda: opened(stage.slack) == 5 and stage.slack.connections == 1)
        await hears(stage)


async def test_slacks_wish_to_be_left_alone_is_respected(stage: Stage) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind="rate_limited", retry_after=1)
    began = time.monotonic()

    async with listening(stage):
        assert time.monotonic() - began >= 1


async def test_nonsense_does_not_end_the_connection(stage: Stage) -> None:
    async with listening(stage):
        for frame in (
            {},
            {"type": "new_thing"},
            {"envelope_id": "E1"},
            {"envelope_id": "E2", "payload": {"event": {}}},
            {"envelope_id": "E3", "payload": [1]},
        ):
            assert stage.slack._backend.sockets.send(frame)

        await hears(stage)

    assert opened(stage.slack) == 1


async def test_a_lost_connection_is_made_again_and_nothing_is_missed(stage: Stage) -> None:
    async with listening(stage):
        await stage.slack.send_disconnect("refresh_requested")
        await stage.slack.until(lambda: stage.slack.connections == 1)
        ts = stage.mention()

        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]


async def test_a_bot_that_stops_finishes_what_it_has_begun_and_begins_nothing_new(stage: Stage) -> None:
    stage.storage.hold()
    bot = listening(stage)
    await bot.__aenter__()
    begun = stage.mention()
    await stage.slack.until(lambda: len(stage.storage.waiting) == 2)

    stopping = asyncio.create_task(bot.__aexit__(None, None, None))
    await asyncio.sleep(0)  # a turn of the loop, in which it begins to stop
    late = stage.mention()
    await say_hello(stage.slack)  # by then a bot that does not wait has closed its connection
    connections = stage.slack.connections
    stage.storage.go_on()
    await stopping

    assert connections == 1
    assert stage.acknowledged(begun) == [True, True]
    assert stage.acknowledged(late) == [False, False]
    assert stage.storage.stored == [begun, begun]


async def test_what_arrived_while_no_bot_was_there_reaches_the_next_one(stage: Stage) -> None:
    ts = stage.mention()

    async with listening(stage):
        stage.slack.clock.advance(3)
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]
