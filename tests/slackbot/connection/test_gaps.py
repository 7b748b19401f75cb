"""Promises of the gaps: no moment is called sure that may hold something missed."""

from __future__ import annotations

import asyncio

import pytest

from slackbot.connection.gaps import Gaps


def test_without_a_gap_everything_until_now_is_sure() -> None:
    assert Gaps().sure_until(100.0) == 100.0


async def test_nothing_after_the_beginning_of_a_gap_is_sure_until_it_is_looked_through() -> None:
    gaps = Gaps()

    gaps.note(50.0)
    before = gaps.sure_until(100.0)
    assert await gaps.next() == 50.0
    meanwhile = gaps.sure_until(100.0)
    gaps.closed()

    assert (before, meanwhile, gaps.sure_until(100.0)) == (50.0, 50.0, 100.0)


async def test_several_gaps_are_looked_through_from_the_earliest() -> None:
    gaps = Gaps()
    for since in (70.0, 50.0, 60.0):
        gaps.note(since)

    assert await gaps.next() == 50.0


async def test_a_gap_that_opens_during_the_look_stays() -> None:
    gaps = Gaps()
    gaps.note(50.0)
    await gaps.next()
    gaps.note(80.0)
    gaps.closed()

    assert gaps.sure_until(100.0) == 80.0
    assert await gaps.next() == 80.0


async def test_a_look_that_was_given_up_is_begun_again() -> None:
    gaps = Gaps()
    gaps.note(50.0)
    await gaps.next()
    gaps.note(80.0)

    assert await gaps.next() == 50.0


async def test_without_a_gap_there_is_nothing_to_do() -> None:
    gaps = Gaps()
    gaps.note(50.0)
    await gaps.next()
    gaps.closed()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(gaps.next(), 0.01)
