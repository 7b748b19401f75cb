"""What happens to an event until it is acknowledged, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.support.emulators.scene import Scene, listening, scene, still_clock

Socket = aiohttp.ClientWebSocketResponse


@pytest.fixture
async def socket(still: Scene) -> AsyncIterator[Socket]:
    """A connection that acknowledges only what the test acknowledges."""
    url = str((await still.client.apps_connections_open(app_token=still.slack.app_token))["url"])
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connected:
        await connected.receive_json()
        yield connected


async def _next(socket: Socket) -> dict[str, Any]:
    frame: dict[str, Any] = await socket.receive_json(timeout=5)
    return frame


async def _acknowledge(still: Scene, socket: Socket, frame: dict[str, Any]) -> None:
    await socket.send_json({"envelope_id": frame["envelope_id"]})
    await still.slack.until(lambda: still.slack.deliveries[0].acked)


def _say(still: Scene) -> str:
    return still.slack.say(still.anna, still.general, "hello")


async def test_an_event_without_acknowledgement_comes_three_more_times_on_slacks_schedule(
    still: Scene, socket: Socket
) -> None:
    _say(still)
    frames = [await _next(socket)]
    for seconds in (3.0, 60.0, 300.0):
        still.slack.clock.advance(seconds - 0.5)
        assert still.slack.deliveries[0].attempts == len(frames)
        still.slack.clock.advance(0.5)
        frames.append(await _next(socket))
    still.slack.clock.advance(100_000.0)

    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 4
    assert still.slack.deliveries[0].attempts == 4
    assert not still.slack.deliveries[0].acked


async def test_an_acknowledged_event_does_not_come_again(still: Scene, socket: Socket) -> None:
    _say(still)
    await _acknowledge(still, socket, await _next(socket))

    still.slack.clock.advance(100_000.0)

    assert still.slack.deliveries[0].attempts == 1


async def test_a_retry_can_be_acknowledged(still: Scene, socket: Socket) -> None:
    _say(still)
    await _next(socket)
    still.slack.clock.advance(3.0)
    await _acknowledge(still, socket, await _next(socket))

    still.slack.clock.advance(100_000.0)

    assert still.slack.deliveries[0].attempts == 2


async def test_a_late_acknowledgement_counts_for_nothing(still: Scene, socket: Socket) -> None:
    _say(still)
    first = await _next(socket)
    still.slack.clock.advance(3.0)
    second = await _next(socket)

    await socket.send_json({"envelope_id": first["envelope_id"]})
    await _acknowledge(still, socket, second)  # acknowledgements are read in order, so the first has been read too

    assert still.slack.deliveries[0].attempts == 2


async def test_an_event_that_finds_nobody_connected_comes_as_a_retry(still: Scene) -> None:
    ts = _say(still)
    async with listening(still.slack) as listener:
        still.slack.clock.advance(3.0)
        await still.slack.until(lambda: listener.heard)

    assert listener.events[0]["ts"] == ts
    assert still.slack.deliveries[0].attempts == 2


async def test_an_event_whose_connection_was_cut_comes_again(still: Scene) -> None:
    async with listening(still.slack) as listener:
        listener.refuse = True
        _say(still)
        await still.slack.until(lambda: listener.heard)
        await still.slack.drop_sockets()
        await still.slack.until(lambda: still.slack.connections == 1)
        listener.refuse = False
        still.slack.clock.advance(3.0)
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

    assert len(listener.heard) == 2


async def test_bolt_acknowledges_nothing_when_its_listener_fails(still: Scene) -> None:
    async with listening(still.slack) as listener:
        listener.refuse = True
        _say(still)
        await still.slack.until(lambda: listener.heard)
        still.slack.clock.advance(3.0)
        await still.slack.until(lambda: len(listener.heard) == 2)

    assert not still.slack.deliveries[0].acked


async def test_bolt_without_a_listener_for_an_event_acknowledges_nothing(still: Scene) -> None:
    handler = AsyncSocketModeHandler(AsyncApp(client=still.client), still.slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await still.slack.until(lambda: still.slack.connections == 1)
    _say(still)
    for seconds in (3.0, 60.0, 300.0):
        still.slack.clock.advance(seconds)
    await handler.close_async()  # type: ignore[no-untyped-call]

    assert (still.slack.deliveries[0].attempts, still.slack.deliveries[0].acked) == (4, False)


async def test_redelivering_sends_an_acknowledged_event_once_more(still: Scene, socket: Socket) -> None:
    ts = _say(still)
    first = await _next(socket)
    await _acknowledge(still, socket, first)

    count = still.slack.redeliver(still.general, ts)
    again = await _next(socket)

    assert count == 1
    assert again["payload"] == first["payload"]
    assert again["envelope_id"] != first["envelope_id"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")


async def test_delayed_events_come_every_hour_for_a_day() -> None:
    async with scene(clock=still_clock(), delayed_events=True) as still:
        _say(still)
        still.slack.clock.advance(3.0 + 60.0 + 300.0)
        assert still.slack.deliveries[0].attempts == 4

        still.slack.clock.advance(3_600.0)
        assert still.slack.deliveries[0].attempts == 5
        still.slack.clock.advance(3_600.0 * 48)

        assert still.slack.deliveries[0].attempts == 4 + 24
