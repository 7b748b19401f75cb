"""Promises of catching up: oldest first, at its pace, nothing twice, and no mark beyond what is handed over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Thread, UserMessage
from slackbot.catch_up.catch_up import OVERLAP, CatchUp
from slackbot.catch_up.history import History
from slackbot.catch_up.pacing import Pace
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.conversations.delivery import Conversations
from slackbot.events.messages import Incoming
from tests.slackbot.catch_up.test_pacing import StillClock

NOW = time.time()


def message(age: float, *, channel: str = "C1", only_if_taking_part: bool = False) -> Incoming:
    ts = f"{NOW - age:.6f}"
    thread = Thread(team="T1", channel=channel, thread_ts=ts)
    return Incoming(thread, UserMessage(ts=ts, user="U1", text="hello"), only_if_taking_part)


@dataclass
class Temporal:
    """The mark and the conversations; away for so many calls."""

    mark: float | None = NOW - 1_000
    away: int = 0
    remembered: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    delivered: list[tuple[str, float]] = field(default_factory=list)  # and when, on the clock of the pace
    marks: list[float] = field(default_factory=list)
    clock: StillClock = field(default_factory=StillClock)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> float | None:
        self._fail()
        return self.mark

    async def move(self, sure_until: float) -> None:
        self._fail()
        self.marks.append(sure_until)
        self.changed.set()

    async def open_threads(self) -> set[Thread]:
        self._fail()
        return set()

    def has_delivered(self, incoming: Incoming) -> bool:
        return incoming.message.ts in self.remembered

    async def takes_part(self, thread: Thread) -> bool:
        return thread.thread_ts not in self.strange

    async def deliver(self, incoming: Incoming) -> None:
        self._fail()
        self.delivered.append((incoming.message.ts, self.clock.now))

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


@dataclass
class Slack:
    """A history, and a connection that was heard of at this moment."""

    written: list[Incoming] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    last_frame: float = NOW
    is_connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def since(self, oldest: float, open_threads: Collection[Thread]) -> list[Incoming]:
        self.asked.append(oldest)
        return self.written

    async def connected(self) -> None:
        await self.is_connected.wait()


@dataclass
class Stage:
    temporal: Temporal = field(default_factory=Temporal)
    slack: Slack = field(default_factory=Slack)
    gaps: Gaps = field(default_factory=Gaps)
    window: timedelta = timedelta(hours=24)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[CatchUp]:
        pace = Pace(20, 0.2, now=self.temporal.clock.time, sleep=self.temporal.clock.sleep)
        self.slack.is_connected.set()
        catch_up = CatchUp(
            self.window,
            self.gaps,
            cast("Watermark", self.temporal),
            cast("History", self.slack),
            cast("Conversations", self.temporal),
            listening=self.slack,
            pace=pace,
        )
        async with catch_up:
            task = asyncio.create_task(catch_up.run())
            try:
                yield catch_up
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def marked(self, sure_until: float) -> None:
        """Waits for this mark."""
        async with asyncio.timeout(10):
            while sure_until not in self.temporal.marks:
                self.temporal.changed.clear()
                await self.temporal.changed.wait()

    @property
    def delivered(self) -> list[str]:
        return [ts for ts, _ in self.temporal.delivered]


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_what_was_missed_is_handed_over_and_then_the_mark_moves(stage: Stage) -> None:
    stage.slack.written = [message(900), message(800)]
    async with stage.running() as catch_up:
        await stage.marked(NOW)
        assert catch_up.state == "done"

    assert stage.delivered == [incoming.message.ts for incoming in stage.slack.written]
    assert stage.slack.asked == [NOW - 1_000 - OVERLAP]
    assert stage.temporal.marks == [NOW]


async def test_the_first_start_ever_looks_for_nothing_and_sets_the_mark(stage: Stage) -> None:
    stage.temporal.mark = None
    async with stage.running():
        await stage.marked(NOW)

    assert stage.slack.asked == []


async def test_what_is_older_than_the_window_is_not_asked_for(stage: Stage) -> None:
    stage.temporal.mark = NOW - 1_000_000
    async with stage.running():
        await stage.marked(NOW)

    assert stage.slack.asked == [pytest.approx(time.time() - 24 * 3_600, abs=5)]


async def test_a_crowd_is_let_in_at_its_pace(stage: Stage) -> None:
    stage.slack.written = [message(900 - number) for number in range(50)]
    async with stage.running():
        await stage.marked(NOW)

    moments = [moment for _, moment in stage.temporal.delivered]
    assert len(moments) == 50
    assert all(later - earlier >= 60 for earlier, later in zip(moments, moments[20:], strict=False))
    assert moments[-1] - moments[0] == pytest.approx(120, abs=5)


async def test_what_is_remembered_or_not_for_the_agent_is_left_alone_and_takes_no_turn(stage: Stage) -> None:
    known, strange, ours = message(900), message(800, only_if_taking_part=True), message(700, only_if_taking_part=True)
    stage.slack.written = [known, strange, ours]
    stage.temporal.remembered.add(known.message.ts)
    stage.temporal.strange.add(strange.message.ts)
    async with stage.running():
        await stage.marked(NOW)

    assert stage.temporal.delivered == [(ours.message.ts, 1_000.0)]


async def test_temporal_that_is_away_is_waited_for(stage: Stage) -> None:
    stage.slack.written = [message(900)]
    stage.temporal.away = 3
    async with stage.running():
        await stage.marked(NOW)

    assert stage.delivered == [stage.slack.written[0].message.ts]


async def test_a_new_gap_is_looked_through_once_there_is_a_connection(stage: Stage) -> None:
    async with stage.running():
        await stage.marked(NOW)
        stage.slack.is_connected.clear()
        stage.slack.last_frame = NOW + 100
        stage.gaps.note(NOW + 50)
        assert len(stage.slack.asked) == 1

        stage.slack.is_connected.set()
        await stage.marked(NOW + 100)

    assert len(stage.slack.asked) == 2


async def test_a_bot_that_stops_marks_how_far_it_came_and_no_open_gap(stage: Stage) -> None:
    async with stage.running():
        await stage.marked(NOW)
        stage.slack.is_connected.clear()
        stage.slack.last_frame = NOW + 100
        stage.gaps.note(NOW + 50)

    assert stage.temporal.marks == [NOW, NOW + 50]


async def test_a_bot_that_stops_before_it_knows_the_mark_does_not_move_it(stage: Stage) -> None:
    stage.temporal.away = 1_000_000
    async with stage.running():
        pass

    assert stage.temporal.marks == []


async def test_switched_off_it_does_nothing(stage: Stage) -> None:
    stage.window = timedelta(0)
    async with stage.running() as catch_up:
        await asyncio.wait_for(catch_up.run(), 1)
        assert catch_up.state == "off"

    assert (stage.slack.asked, stage.temporal.marks) == ([], [])
