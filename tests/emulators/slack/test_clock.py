"""The clock that tests turn."""

from __future__ import annotations

import asyncio

import pytest

from emulators.slack.clock import Clock


async def test_a_still_clock_moves_only_when_it_is_turned() -> None:
    clock = Clock(running=False, start=100.0)

    clock.advance(2.5)

    assert clock.now() == 102.5


async def test_timers_fire_in_order_and_each_sees_its_own_time() -> None:
    clock = Clock(running=False, start=0.0)
    fired: list[tuple[str, float]] = []
    clock.call_after(20.0, lambda: fired.append(("late", clock.now())))
    clock.call_after(10.0, lambda: fired.append(("early", clock.now())))

    clock.advance(30.0)

    assert fired == [("early", 10.0), ("late", 20.0)]
    assert clock.now() == 30.0


async def test_a_timer_set_by_a_timer_fires_in_the_same_turn_when_it_is_due() -> None:
    clock = Clock(running=False, start=0.0)
    fired: list[float] = []

    def fire() -> None:
        fired.append(clock.now())
        clock.call_after(10.0, fire)

    clock.call_after(10.0, fire)

    clock.advance(35.0)

    assert fired == [10.0, 20.0, 30.0]


async def test_a_cancelled_timer_never_fires() -> None:
    clock = Clock(running=False, start=0.0)
    fired: list[float] = []
    timer = clock.call_after(1.0, lambda: fired.append(clock.now()))

    timer.cancel()
    clock.advance(2.0)

    assert fired == []


async def test_a_running_clock_fires_by_itself_and_can_be_turned_too() -> None:
    clock = Clock()
    soon, later = asyncio.Event(), asyncio.Event()
    clock.call_after(0.01, soon.set)
    clock.call_after(3_600.0, later.set)

    async with asyncio.timeout(5):
        await soon.wait()
    assert not later.is_set()
    clock.advance(3_600.0)

    assert later.is_set()


async def test_sleeping_ends_when_the_clock_is_turned_far_enough() -> None:
    clock = Clock(running=False)
    sleeping = asyncio.create_task(clock.sleep(60.0))
    await asyncio.sleep(0)

    clock.advance(59.0)
    await asyncio.sleep(0)
    assert not sleeping.done()
    clock.advance(1.0)

    async with asyncio.timeout(5):
        await sleeping


async def test_a_clock_is_not_turned_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(-1.0)
