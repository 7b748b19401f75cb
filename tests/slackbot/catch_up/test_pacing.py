"""Promises about waiting, kept by a clock that only the test turns."""

from __future__ import annotations

import asyncio

from slackbot.catch_up.pacing import WINDOW, Pace
from slackbot.connection.backoff import Backoff


class StillClock:
    """Time passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def moments(pace: Pace, clock: StillClock, count: int) -> list[float]:
    """When so many turns were let through, in seconds after the first."""
    let_through = []
    for _ in range(count):
        await pace.turn()
        let_through.append(clock.now)
    return [round(moment - let_through[0], 6) for moment in let_through]


async def test_a_few_turns_need_not_wait_but_keep_their_distance() -> None:
    clock = StillClock()
    pace = Pace(20, 0.25, now=clock.time, sleep=clock.sleep)

    assert await moments(pace, clock, 4) == [0, 0.25, 0.5, 0.75]


async def test_no_minute_sees_more_turns_than_it_may() -> None:
    clock = StillClock()
    pace = Pace(3, 1.0, now=clock.time, sleep=clock.sleep)

    let_through = await moments(pace, clock, 8)

    assert let_through == [0, 1, 2, 60, 61, 62, 120, 121]
    assert all(later - earlier >= WINDOW for earlier, later in zip(let_through, let_through[3:], strict=False))


async def test_a_pause_is_not_saved_up() -> None:
    clock = StillClock()
    pace = Pace(2, now=clock.time, sleep=clock.sleep)
    await moments(pace, clock, 2)
    await clock.sleep(600)

    assert await moments(pace, clock, 3) == [0, 0, 60]


async def test_who_comes_first_is_let_through_first() -> None:
    clock = StillClock()
    pace = Pace(1, now=clock.time, sleep=clock.sleep)
    order: list[int] = []

    async def come(number: int) -> None:
        await pace.turn()
        order.append(number)

    await asyncio.gather(*(come(number) for number in range(5)))

    assert order == [0, 1, 2, 3, 4]


def test_pauses_grow_to_their_limit_and_start_again() -> None:
    backoff = Backoff(first=1, longest=8)

    pauses = [backoff.next() for _ in range(6)]
    backoff.reset()

    for pause, most in zip(pauses, (1, 2, 4, 8, 8, 8), strict=True):
        assert most / 2 <= pause <= most
    assert backoff.next() <= 1


def test_what_the_other_side_asks_for_is_kept() -> None:
    assert Backoff().next(at_least=30) == 30


def test_a_long_outage_does_not_overflow() -> None:
    backoff = Backoff(longest=30)

    assert max(backoff.next() for _ in range(5_000)) <= 30
