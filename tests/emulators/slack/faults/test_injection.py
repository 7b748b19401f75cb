"""Faults of events and connections: acknowledgements that get lost, and connections that break."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from emulators.slack.emulator import SlackEmulator
from tests.support.emulators.scene import Scene, envelopes, listening, next_frame, socket_address


async def test_a_lost_acknowledgement_is_answered_with_another_delivery(still: Scene) -> None:
    async with listening(still.slack) as listener:
        still.slack.lose_acknowledgements(still.general)
        ts = still.ask()
        await still.slack.until(lambda: still.slack.lost_acknowledgements)
        assert not still.slack.deliveries[0].acked

        still.slack.clock.advance(3)
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

        assert [event["ts"] for event in listener.events] == [ts, ts]


async def test_redelivering_sends_an_acknowledged_event_once_more(still: Scene) -> None:
    async with envelopes(still) as socket:
        ts = still.ask()
        first = await next_frame(socket)
        await socket.send_json({"envelope_id": first["envelope_id"]})
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

        count = still.slack.redeliver(still.general, ts)
        again = await next_frame(socket)

    assert count == 1
    assert again["payload"] == first["payload"]
    assert again["envelope_id"] != first["envelope_id"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")


async def test_a_hastened_delivery_comes_before_its_time_and_nothing_else_changes(still: Scene) -> None:
    async with envelopes(still) as socket:
        ts = still.ask()
        await next_frame(socket)
        before = still.slack.clock.now()

        assert still.slack.hasten_deliveries(1.0) == 0, "the attempt that is under way has a second"
        assert still.slack.hasten_deliveries(0.0) == 1
        again = await next_frame(socket)
        await socket.send_json({"envelope_id": again["envelope_id"]})
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

    assert (again["payload"]["event"]["ts"], again["retry_attempt"]) == (ts, 1)
    assert still.slack.clock.now() == before
    assert still.slack.hasten_deliveries(0.0) == 0, "what is acknowledged does not come again"


def _opened(slack: SlackEmulator) -> int:
    return [call.method for call in slack.calls].count("apps.connections.open")


async def test_a_silent_connection_stays_open_and_nothing_gets_through(stage: Scene) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(await socket_address(stage), autoping=False) as socket,
    ):
        await next_frame(socket)
        stage.slack.silence_sockets()
        stage.ask()
        await socket.ping(b"anybody?")
        async with envelopes(stage) as other:  # a new connection is not silent
            stage.slack.silence_sockets()
            assert not other.closed
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.2)

        assert not socket.closed
    assert not stage.slack.deliveries[0].acked


async def test_a_warning_is_followed_by_the_refresh_ten_seconds_later(still: Scene) -> None:
    async with envelopes(still) as socket:
        await still.slack.send_disconnect("warning")
        warning = await next_frame(socket)
        still.slack.clock.advance(10.0)
        refresh = await next_frame(socket)
        closing = await socket.receive(timeout=5)

    assert (warning["type"], warning["reason"]) == ("disconnect", "warning")
    assert refresh["reason"] == "refresh_requested"
    assert closing.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_bolt_comes_back_after_every_kind_of_goodbye(stage: Scene, reason: Any) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        await slack.send_disconnect(reason)
        await slack.until(lambda: _opened(slack) == 2 and slack.connections == 1)
        stage.ask()
        await slack.until(lambda: listener.heard)


async def test_bolt_comes_back_after_the_connections_were_cut(stage: Scene) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        await slack.drop_sockets()
        assert slack.connections == 0
        await slack.until(lambda: slack.connections == 1)
        stage.ask()
        await slack.until(lambda: listener.heard)
