"""Promises of the deduplication: work is done once for each key, and never counts as done before it is."""

from __future__ import annotations

import asyncio

import pytest

from slackbot.conversations import deduplication
from slackbot.conversations.deduplication import Deduplicator


class Work:
    """Waits until the test releases it; counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.released = asyncio.Event()
        self.fails = False

    async def __call__(self) -> None:
        self.begun += 1
        await self.released.wait()
        if self.fails:
            raise ConnectionError


async def test_work_whose_first_caller_gave_up_is_not_begun_again() -> None:
    once, work = Deduplicator(), Work()
    impatient = asyncio.create_task(once.do("a", work))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait([impatient])

    second = asyncio.create_task(once.do("a", work))
    await asyncio.sleep(0)
    done_before = once.is_done("a")
    work.released.set()
    await second
    await once.do("a", work)

    assert (done_before, once.is_done("a"), work.begun) == (False, True, 1)


async def test_after_a_failure_the_next_caller_tries_again() -> None:
    once, work = Deduplicator(), Work()
    work.fails = True
    work.released.set()
    with pytest.raises(ConnectionError):
        await once.do("a", work)
    assert "a" not in once

    work.fails = False
    await once.do("a", work)

    assert (once.is_done("a"), work.begun) == (True, 2)


async def test_the_oldest_keys_are_forgotten_but_none_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deduplication, "REMEMBERED", 2)
    once, slow, quick = Deduplicator(), Work(), Work()
    quick.released.set()
    under_way = asyncio.create_task(once.do("slow", slow))
    await asyncio.sleep(0)

    for key in "abc":
        await once.do(key, quick)

    assert [key in once for key in ("slow", "a", "b", "c")] == [True, False, True, True]
    slow.released.set()
    await under_way
