"""Promises of the connection: however it ends, the bot connects again, and knows since when it may have missed events.

The clock that the connection is given is turned by the test; only the pings take real time.
"""

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
from slackbot.connection.socket_mode import LONGEST_QUIET, PING_INTERVAL
from tests.support.slackbot.clock import StillClock
from tests.support.slackbot.connection import ConnectionStage, connected

SIGN_OF_LIFE = {"type": "something_new"}  # a frame that is not an event, as the answer to a ping is not


async def call_a_few_times(slack: SlackEmulator) -> None:
    """A few round trips to the same Slack, which give a bot the time to do what it would do at once."""
    async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        for _ in range(5):
            await client.auth_test()


def opened(slack: SlackEmulator) -> int:
    """How often the bot has requested the address of a new connection."""
    return [call.method for call in slack.calls].count("apps.connections.open")


async def hears(stage: ConnectionStage) -> None:
    """Fails unless there is one connection, over which a mention arrives and is stored."""
    await stage.slack.until(lambda: stage.slack.connections == 1)
    ts = stage.mention()
    stage.slack.clock.advance(3)  # Slack sends again what went into a dead connection
    await stage.slack.until(lambda: ts in stage.storage.stored and all(stage.acknowledged(ts)))


async def test_a_refused_handshake_is_tried_again_with_a_new_ticket(stage: ConnectionStage) -> None:
    stage.slack.refuse_sockets()
    bot = connected(stage)
    connecting = asyncio.create_task(bot.__aenter__())
    await stage.slack.until(lambda: stage.slack.refused_handshakes >= 2)

    stage.slack.refuse_sockets(refuse=False)
    await connecting
    await hears(stage)
    await bot.__aexit__(None, None, None)

    assert opened(stage.slack) == stage.slack.refused_handshakes + 1


async def test_a_connection_that_hangs_is_noticed_and_opened_again(stage: ConnectionStage) -> None:
    clock = StillClock()
    async with connected(stage, clock=clock.time, ping_interval=0.4):
        connected_at = clock.now
        clock.advance(0.4)
        stage.slack.silence_sockets()
        await stage.slack.until(lambda: opened(stage.slack) == 2 and stage.slack.connections == 1)
        lost = [*stage.lost]

        await hears(stage)

    assert lost == [connected_at]


async def test_a_connection_that_is_alive_and_delivers_nothing_is_opened_again(
    stage: ConnectionStage, caplog: pytest.LogCaptureFixture
) -> None:
    clock = StillClock()
    async with connected(stage, clock=clock.time) as socket_mode:
        connected_at = clock.now
        clock.advance(LONGEST_QUIET + 1)
        stage.send_frame(SIGN_OF_LIFE)
        await stage.slack.until(lambda: opened(stage.slack) == 2 and stage.slack.connections == 1)

        await hears(stage)

        assert socket_mode.last_frame == clock.now
    assert stage.lost[-1] == connected_at
    assert [vars(record)["reason"] for record in caplog.records if "no connection" in record.message] == ["quiet"]


async def test_a_connection_that_delivers_is_kept_however_long_it_lasts(stage: ConnectionStage) -> None:
    clock = StillClock()
    async with connected(stage, clock=clock.time) as socket_mode:
        for _ in range(5):
            clock.advance(LONGEST_QUIET - 1)
            stage.send_frame(SIGN_OF_LIFE)
            await stage.slack.until(lambda: socket_mode.last_frame == clock.now)
            await hears(stage)

    assert opened(stage.slack) == 1


async def test_a_connection_that_slack_does_not_greet_is_given_up(
    stage: ConnectionStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode_module, "OPEN_TIMEOUT", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(stage.slack._backend.sockets, "_hello", lambda: {"type": "new_thing"})
        bot = connected(stage)
        connecting = asyncio.create_task(bot.__aenter__())
        await stage.slack.until(lambda: opened(stage.slack) >= 2)
    await connecting

    await hears(stage)
    await bot.__aexit__(None, None, None)


async def test_a_process_that_slept_may_have_missed_events_since_its_last_frame(stage: ConnectionStage) -> None:
    clock = StillClock()
    async with connected(stage, clock=clock.time) as socket_mode:
        asleep_since = socket_mode.last_frame
        clock.advance(2 * PING_INTERVAL + 1)
        stage.send_frame(SIGN_OF_LIFE)

        await stage.slack.until(lambda: stage.lost)

        assert stage.lost == [asleep_since]
        assert opened(stage.slack) == 1


async def test_answers_to_pings_keep_a_quiet_connection(
    stage: ConnectionStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        socket_mode_module, "OPEN_TIMEOUT", 0.5
    )  # over before the first ping: it is for the greeting only
    clock = StillClock()
    async with connected(stage, clock=clock.time, ping_interval=1.0) as socket_mode:
        before = opened(stage.slack)
        clock.advance(1)
        await stage.slack.until(lambda: socket_mode.last_frame == clock.now)  # nothing but the answer to a ping arrives

        assert opened(stage.slack) == before
        assert stage.lost == []


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_after_slacks_goodbye_there_is_one_new_connection(
    stage: ConnectionStage, reason: Literal["warning", "refresh_requested"]
) -> None:
    async with connected(stage):
        await stage.slack.send_disconnect(reason)
        await stage.slack.until(lambda: opened(stage.slack) == 2 and stage.slack.connections == 1)
        stage.slack.clock.advance(10)  # the second goodbye that follows a warning is for the old connection

        await hears(stage)

    assert opened(stage.slack) == 2
    assert len(stage.lost) == 1


async def test_socket_mode_that_is_switched_off_is_logged_once_and_tried_again(
    stage: ConnectionStage, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(stage) as socket_mode:
        stage.slack.refuse_sockets()
        await stage.slack.send_disconnect("link_disabled")
        await stage.slack.until(lambda: stage.slack.refused_handshakes)
        stage.slack.refuse_sockets(refuse=False)

        await hears(stage)

        assert socket_mode.state == "connected"
    logged = [record.message for record in caplog.records if "switched off" in record.message]
    assert logged == ["Socket Mode is switched off in the settings of the Slack app"]


async def test_when_all_connections_are_taken_the_bot_logs_it_once_and_waits_for_one(
    stage: ConnectionStage, caplog: pytest.LogCaptureFixture
) -> None:
    slack = stage.slack
    async with aiohttp.ClientSession() as session, open_client(HttpUrl(slack.api_url), None) as client:
        taken = []
        for _ in range(10):
            answer = await client.apps_connections_open(app_token=slack.app_token)
            taken.append(await session.ws_connect(answer["url"]))
        bot = connected(stage)
        connecting = asyncio.create_task(bot.__aenter__())
        await slack.until(lambda: opened(slack) >= 10 + 3)

        for socket in taken:
            await socket.close()
        await connecting
    await hears(stage)
    await bot.__aexit__(None, None, None)

    logged = [record.message for record in caplog.records if "ten connections" in record.message]
    assert len(logged) == 1


async def test_an_app_token_that_slack_refuses_at_the_start_ends_the_process_and_is_named(
    stage: ConnectionStage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind="error", error="invalid_auth")

    with pytest.raises(SystemExit) as stop:
        await connected(stage).__aenter__()

    assert stop.value.code == BAD_SETTINGS
    printed = capsys.readouterr().err
    assert "SLACK_APP_TOKEN: Slack refuses it (invalid_auth)" in printed
    assert stage.slack.app_token not in printed


@pytest.mark.parametrize("kind", ["internal_error", "rate_limited", "refused"])
async def test_slack_that_is_away_at_the_start_is_waited_for(stage: ConnectionStage, kind: FaultKind) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind=kind, times=2, retry_after=0)

    async with connected(stage):
        await hears(stage)


async def test_a_token_that_is_refused_later_is_tried_again(stage: ConnectionStage) -> None:
    async with connected(stage):
        stage.slack.faults.add(method="apps.connections.open", kind="error", error="invalid_auth", times=3)
        await stage.slack.drop_sockets()

        await stage.slack.until(lambda: opened(stage.slack) == 5 and stage.slack.connections == 1)
        await hears(stage)


async def test_the_pause_that_slack_asks_for_is_kept(stage: ConnectionStage) -> None:
    stage.slack.faults.add(method="apps.connections.open", kind="rate_limited", retry_after=1)
    began = time.monotonic()

    async with connected(stage):
        assert time.monotonic() - began >= 1


async def test_nonsense_does_not_end_the_connection(stage: ConnectionStage) -> None:
    async with connected(stage):
        for frame in (
            {},
            {"type": "new_thing"},
            {"envelope_id": "E1"},
            {"envelope_id": "E2", "payload": {"event": {}}},
            {"envelope_id": "E3", "payload": [1]},
        ):
            stage.send_frame(frame)

        await hears(stage)

    assert opened(stage.slack) == 1


async def test_after_a_lost_connection_the_bot_connects_again_and_misses_nothing(stage: ConnectionStage) -> None:
    async with connected(stage):
        await stage.slack.send_disconnect("refresh_requested")
        await stage.slack.until(lambda: stage.slack.connections == 1)
        ts = stage.mention()

        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]


async def test_a_bot_that_stops_finishes_what_it_has_begun_and_begins_nothing_new(stage: ConnectionStage) -> None:
    stage.storage.hold()
    bot = connected(stage)
    await bot.__aenter__()
    begun = stage.mention()
    await stage.slack.until(lambda: len(stage.storage.waiting) == 2)

    stopping = asyncio.create_task(bot.__aexit__(None, None, None))
    await asyncio.sleep(0)  # it begins to stop
    late = stage.mention()
    await call_a_few_times(stage.slack)  # by then a bot that does not wait has closed its connection
    connections = stage.slack.connections
    stage.storage.go_on()
    await stopping

    assert connections == 1
    assert stage.acknowledged(begun) == [True, True]
    assert stage.acknowledged(late) == [False, False]
    assert stage.storage.stored == [begun, begun]


async def test_a_message_written_while_no_bot_was_connected_reaches_the_next_one(stage: ConnectionStage) -> None:
    ts = stage.mention()

    async with connected(stage):
        stage.slack.clock.advance(3)
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]
