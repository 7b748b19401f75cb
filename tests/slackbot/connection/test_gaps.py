"""Promises of the gaps: the watermark never passes a moment from which something may be missing."""

from __future__ import annotations

import asyncio

from slackbot.connection.gaps import Gaps


def test_without_a_gap_the_watermark_is_now() -> None:
    assert Gaps().sure_until(100.0) == 100.0


async def test_the_watermark_stays_at_the_beginning_of_a_gap_until_the_gap_is_closed() -> None:
    gaps = Gaps()

    gaps.open(50.0)
    before = gaps.sure_until(100.0)
    assert await gaps.next() == 50.0
    meanwhile = gaps.sure_until(100.0)
    gaps.close()

    assert (before, meanwhile, gaps.sure_until(100.0)) == (50.0, 50.0, 100.0)


async def test_of_several_gaps_the_earliest_beginning_counts() -> None:
    gaps = Gaps()
    for since in (70.0, 50.0, 60.0):
        gaps.open(since)

    assert await gaps.next() == 50.0


async def test_a_gap_that_opens_while_another_is_being_closed_stays_open() -> None:
    gaps = Gaps()
    gaps.open(50.0)
    await gaps.next()
    gaps.open(80.0)
    gaps.close()

    assert gaps.sure_until(100.0) == 80.0
    assert await gaps.next() == 80.0


async def test_a_gap_that_was_taken_and_not_closed_is_taken_again() -> None:
    gaps = Gaps()
    gaps.open(50.0)
    await gaps.next()
    gaps.open(80.0)

    assert await gaps.next() == 50.0


async def test_without_a_gap_next_waits() -> None:
    gaps = Gaps()
    gaps.open(50.0)
    await gaps.next()
    gaps.close()

    waiting = asyncio.create_task(gaps.next())
    await asyncio.sleep(0)

    assert not waiting.done()
    gaps.open(90.0)
    assert await waiting == 90.0
