"""Promises of catching up: oldest first, at a pace, nothing twice, and the watermark passes nothing that is missing."""

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
from slackbot.catch_up.pace import Pace
from slackbot.catch_up.slack_history import SlackHistory
from slackbot.catch_up.watermark import Watermark
from slackbot.connection.gaps import Gaps
from slackbot.conversations.conversations import Conversations
from slackbot.events.messages import IncomingMessage
from tests.support.slackbot.clock import StillClock

NOW = time.time()


def message(age: float, *, channel: str = "C1", only_if_taking_part: bool = False) -> IncomingMessage:
    ts = f"{NOW - age:.6f}"
    thread = Thread(team="T1", channel=channel, thread_ts=ts)
    return IncomingMessage(thread, UserMessage(ts=ts, user="U1", text="hello"), only_if_taking_part)


@dataclass
class Temporal:
    """In place of `Watermark` and `Conversations`; the next `away` calls fail."""

    watermark: float | None = NOW - 1_000
    away: int = 0
    remembered: set[str] = field(default_factory=set)
    of_others: set[str] = field(default_factory=set)
    poison: dict[str, Exception] = field(default_factory=dict)  # by `ts`: how a message fails, each time
    delivered: list[tuple[str, float]] = field(default_factory=list)  # the `ts`, and when on the clock of the pace
    marks: list[float] = field(default_factory=list)
    clock: StillClock = field(default_factory=StillClock)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> float | None:
        self._fail()
        return self.watermark

    async def move(self, sure_until: float) -> None:
        self._fail()
        self.marks.append(sure_until)
        self.changed.set()

    async def open_threads(self) -> set[Thread]:
        self._fail()
        return set()

    def has_handed_over(self, incoming: IncomingMessage) -> bool:
        return incoming.message.ts in self.remembered

    async def takes_part(self, thread: Thread) -> bool:
        return thread.thread_ts not in self.of_others

    async def reach_temporal(self) -> None:
        if self.away:
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")

    async def hand_over(self, incoming: IncomingMessage) -> None:
        self._fail()
        if error := self.poison.get(incoming.message.ts):
            raise error
        self.delivered.append((incoming.message.ts, self.clock.now))

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise RPCError("not connected", RPCStatusCode.UNAVAILABLE, b"")


@dataclass
class Slack:
    """In place of `SlackHistory` and of the connection, whose last frame came at this moment."""

    written: list[IncomingMessage] = field(default_factory=list)
    unread: int = 0
    asked_since: list[float] = field(default_factory=list)
    last_frame: float = NOW
    is_connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def since(self, oldest: float, open_threads: Collection[Thread]) -> list[IncomingMessage]:
        self.asked_since.append(oldest)
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
            cast("SlackHistory", self.slack),
            cast("Conversations", self.temporal),
            connection=self.slack,
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
        """Waits until the watermark was moved to this moment."""
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


async def test_what_was_missed_is_handed_over_and_then_the_watermark_moves(stage: Stage) -> None:
    stage.slack.written = [message(900), message(800)]
    async with stage.running() as catch_up:
        await stage.marked(NOW)
        assert catch_up.state == "done"

    assert stage.delivered == [incoming.message.ts for incoming in stage.slack.written]
    assert stage.slack.asked_since == [NOW - 1_000 - OVERLAP]
    assert stage.temporal.marks == [NOW]


async def test_the_first_start_ever_looks_for_nothing_and_sets_the_watermark(stage: Stage) -> None:
    stage.temporal.watermark = None
    async with stage.running():
        await stage.marked(NOW)

    assert stage.slack.asked_since == []


async def test_what_is_older_than_the_window_is_not_asked_for(stage: Stage) -> None:
    stage.temporal.watermark = NOW - 1_000_000
    async with stage.running():
        await stage.marked(NOW)

    assert stage.slack.asked_since == [pytest.approx(time.time() - 24 * 3_600, abs=60)]


async def test_many_messages_are_handed_over_at_a_pace(stage: Stage) -> None:
    stage.slack.written = [message(900 - number) for number in range(50)]
    async with stage.running():
        await stage.marked(NOW)

    moments = [moment for _, moment in stage.temporal.delivered]
    assert len(moments) == 50
    assert all(later - earlier >= 60 for earlier, later in zip(moments, moments[20:], strict=False))
    assert moments[-1] - moments[0] == pytest.approx(120, abs=5)


async def test_what_was_handed_over_or_is_not_for_the_agent_is_left_out_and_takes_no_turn(stage: Stage) -> None:
    known, of_others, ours = (
        message(900),
        message(800, only_if_taking_part=True),
        message(700, only_if_taking_part=True),
    )
    stage.slack.written = [known, of_others, ours]
    stage.temporal.remembered.add(known.message.ts)
    stage.temporal.of_others.add(of_others.message.ts)
    async with stage.running():
        await stage.marked(NOW)

    assert stage.temporal.delivered == [(ours.message.ts, 1_000.0)]


async def test_temporal_that_is_away_is_waited_for(stage: Stage) -> None:
    stage.slack.written = [message(900)]
    stage.temporal.away = 3
    async with stage.running():
        await stage.marked(NOW)

    assert stage.delivered == [stage.slack.written[0].message.ts]


async def test_a_new_gap_is_closed_once_there_is_a_connection(stage: Stage) -> None:
    async with stage.running():
        await stage.marked(NOW)
        stage.slack.is_connected.clear()
        stage.slack.last_frame = NOW + 100
        stage.gaps.open(NOW + 50)
        assert len(stage.slack.asked_since) == 1

        stage.slack.is_connected.set()
        await stage.marked(NOW + 100)

    assert len(stage.slack.asked_since) == 2


async def test_a_bot_that_stops_moves_the_watermark_to_the_beginning_of_an_open_gap(stage: Stage) -> None:
    async with stage.running():
        await stage.marked(NOW)
        stage.slack.is_connected.clear()
        stage.slack.last_frame = NOW + 100
        stage.gaps.open(NOW + 50)

    assert stage.temporal.marks == [NOW, NOW + 50]


async def test_a_bot_that_stops_before_it_has_read_the_watermark_does_not_move_it(stage: Stage) -> None:
    stage.temporal.away = 1_000_000
    async with stage.running():
        pass

    assert stage.temporal.marks == []


async def test_switched_off_it_does_nothing(stage: Stage) -> None:
    stage.window = timedelta(0)
    async with stage.running() as catch_up:
        await catch_up.run()
        assert catch_up.state == "off"

    assert (stage.slack.asked_since, stage.temporal.marks) == ([], [])


@pytest.mark.parametrize(
    "poison", [RPCError("not now", RPCStatusCode.UNAVAILABLE, b""), ValueError("a defect")], ids=["Temporal", "ours"]
)
async def test_a_message_that_fails_each_time_does_not_stop_those_behind_it_and_is_left_out_in_the_end(
    stage: Stage, poison: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slackbot.catch_up.catch_up.PAUSES", (0.01,))
    first, second = message(500), message(400)
    stage.slack.written = [first, second]
    stage.temporal.poison[first.message.ts] = poison
    async with stage.running():
        await stage.marked(NOW)

    assert set(stage.delivered) == {second.message.ts}


async def test_a_message_that_fails_for_a_while_is_handed_over_later_and_a_new_gap_does_not_wait(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("slackbot.catch_up.catch_up.PAUSES", (3_600.0,))
    stage.slack.written = [message(500)]
    (ts,) = [incoming.message.ts for incoming in stage.slack.written]
    stage.temporal.poison[ts] = RPCError("not now", RPCStatusCode.UNAVAILABLE, b"")
    async with stage.running(), asyncio.timeout(20):
        while "something is left for later" not in caplog.text:  # noqa: ASYNC110  nothing else tells of it
            await asyncio.sleep(0.01)
        del stage.temporal.poison[ts]
        stage.gaps.open(NOW - 10)
        await stage.marked(NOW)

    assert stage.delivered == [ts]
    assert {round(since) for since in stage.slack.asked_since} == {round(NOW - 1_000 - OVERLAP)}
