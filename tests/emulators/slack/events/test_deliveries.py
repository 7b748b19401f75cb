"""What happens to an event until it is acknowledged, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.support.emulators.scene import Scene, envelopes, listening, next_frame, scene, still_clock

Socket = aiohttp.ClientWebSocketResponse


@pytest.fixture
async def socket(still: Scene) -> AsyncIterator[Socket]:
    """A connection that acknowledges only what the test acknowledges."""
    async with envelopes(still) as connected:
        yield connected


async def _acknowledge(still: Scene, socket: Socket, frame: dict[str, Any]) -> None:
    await socket.send_json({"envelope_id": frame["envelope_id"]})
    await still.slack.until(lambda: still.slack.deliveries[0].acked)


async def test_an_event_without_acknowledgement_comes_three_more_times_on_slacks_schedule(
    still: Scene, socket: Socket
) -> None:
    still.ask()
    frames = [await next_frame(socket)]
    for seconds in (3.0, 60.0, 300.0):
        still.slack.clock.advance(seconds - 0.5)
        assert still.slack.deliveries[0].attempts == len(frames)
        still.slack.clock.advance(0.5)
        frames.append(await next_frame(socket))
    still.slack.clock.advance(100_000.0)

    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 4
    assert still.slack.deliveries[0].attempts == 4
    assert not still.slack.deliveries[0].acked


async def test_an_acknowledged_event_does_not_come_again(still: Scene, socket: Socket) -> None:
    still.ask()
    await _acknowledge(still, socket, await next_frame(socket))

    still.slack.clock.advance(100_000.0)

    assert still.slack.deliveries[0].attempts == 1


async def test_a_retry_can_be_acknowledged(still: Scene, socket: Socket) -> None:
    still.ask()
    await next_frame(socket)
    still.slack.clock.advance(3.0)
    await _acknowledge(still, socket, await next_frame(socket))

    still.slack.clock.advance(100_000.0)

    assert still.slack.deliveries[0].attempts == 2


async def test_a_late_acknowledgement_counts_for_nothing(still: Scene, socket: Socket) -> None:
    still.ask()
    first = await next_frame(socket)
    still.slack.clock.advance(3.0)
    second = await next_frame(socket)

    await socket.send_json({"envelope_id": first["envelope_id"]})
    await _acknowledge(still, socket, second)  # acknowledgements are read in order, so the first has been read too

    assert still.slack.deliveries[0].attempts == 2


async def test_an_event_that_finds_nobody_connected_comes_as_a_retry(still: Scene) -> None:
    ts = still.ask()
    async with listening(still.slack) as listener:
        still.slack.clock.advance(3.0)
        await still.slack.until(lambda: listener.heard)

    assert listener.events[0]["ts"] == ts
    assert still.slack.deliveries[0].attempts == 2


async def test_an_event_whose_connection_was_cut_comes_again(still: Scene) -> None:
    async with listening(still.slack) as listener:
        listener.refuse = True
        still.ask()
        await still.slack.until(lambda: listener.heard)
        await still.slack.drop_sockets()
        await still.slack.until(lambda: still.slack.connections == 1)
        listener.refuse = False
        still.slack.clock.advance(3.0)
        await still.slack.until(lambda: still.slack.deliveries[0].acked)

    assert len(listener.heard) == 2


async def test_delayed_events_come_every_hour_for_a_day() -> None:
    async with scene(clock=still_clock(), delayed_events=True) as still:
        still.ask()
        still.slack.clock.advance(3.0 + 60.0 + 300.0)
        assert still.slack.deliveries[0].attempts == 4

        still.slack.clock.advance(3_600.0)
        assert still.slack.deliveries[0].attempts == 5
        still.slack.clock.advance(3_600.0 * 48)

        assert still.slack.deliveries[0].attempts == 4 + 24
