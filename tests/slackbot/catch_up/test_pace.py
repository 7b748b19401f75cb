"""Promises of a pace, tested with a clock that only the test turns."""

from __future__ import annotations

import asyncio

from slackbot.catch_up.pace import WINDOW, Pace
from tests.support.slackbot.clock import StillClock


async def moments(pace: Pace, clock: StillClock, count: int) -> list[float]:
    """When each of `count` turns came, in seconds after the first."""
    turns = []
    for _ in range(count):
        await pace.turn()
        turns.append(clock.now)
    return [round(moment - turns[0], 6) for moment in turns]


async def test_a_few_turns_only_keep_their_distance() -> None:
    clock = StillClock()
    pace = Pace(20, 0.25, now=clock.time, sleep=clock.sleep)

    assert await moments(pace, clock, 4) == [0, 0.25, 0.5, 0.75]


async def test_no_minute_has_more_turns_than_allowed() -> None:
    clock = StillClock()
    pace = Pace(3, 1.0, now=clock.time, sleep=clock.sleep)

    turns = await moments(pace, clock, 8)

    assert turns == [0, 1, 2, 60, 61, 62, 120, 121]
    assert all(later - earlier >= WINDOW for earlier, later in zip(turns, turns[3:], strict=False))


async def test_a_pause_is_not_saved_up() -> None:
    clock = StillClock()
    pace = Pace(2, now=clock.time, sleep=clock.sleep)
    await moments(pace, clock, 2)
    await clock.sleep(600)

    assert await moments(pace, clock, 3) == [0, 0, 60]


async def test_who_comes_first_is_turns_first() -> None:
    clock = StillClock()
    pace = Pace(1, now=clock.time, sleep=clock.sleep)
    order: list[int] = []

    async def come(number: int) -> None:
        await pace.turn()
        order.append(number)

    await asyncio.gather(*(come(number) for number in range(5)))

    assert order == [0, 1, 2, 3, 4]
