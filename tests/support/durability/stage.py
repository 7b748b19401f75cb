"""The stage on which things break: the whole path on a Temporal server of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import WorkflowHistory

from emulators.gemini.emulator import GeminiEmulator
from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from emulators.world.addresses import NEW_YORK, SITES
from playground.temporal_server import DevServer
from tests.support.durability.answering import ByRule
from tests.support.durability.lifelines import Lifeline
from tests.support.e2e.stage import Stage

# A crowd is one person here, who asks more than people do. The places in the quotas are claimed all the same.
NO_ONE_IS_TURNED_DOWN = {"AGENT_MAX_HOURLY_TURNS_PER_PERSON": "0", "AGENT_MAX_HOURLY_TURNS_PER_WORKSPACE": "10000"}
# When Slack tries again, in seconds of its clock: soon, and with "Delayed Events" switched on, then every hour.
REDELIVERY_PAUSES = (3.0, 60.0, 300.0, 3_600.0, 3_600.0, 3_600.0)


class BreakableStage(Stage):
    """`async with BreakableStage(directory) as stage:` has both processes up.

    Slack delivers as it does with "Delayed Events" switched on. Its clock can be so many seconds `behind`: then every
    message is as old. `worker_module` is what runs as the worker, with `settings` of its own. With `temporal_ends`,
    Temporal keeps its data in a file, so that it can be stopped and started; in memory, all takes a quarter less.
    """

    def __init__(
        self,
        directory: Path,
        *,
        behind: float = 0.0,
        temporal_ends: bool = False,
        worker_module: str = "agent_worker",
        **settings: str,
    ) -> None:
        self.temporal = DevServer(database=directory / "temporal.db" if temporal_ends else None)
        super().__init__(self.temporal.address, directory)
        self.slack = SlackEmulator(clock=Clock(start=time.time() - behind), delayed_events=True)
        self.model = ByRule()
        self.gemini = GeminiEmulator(script=self.model)
        # The shortest deadline that Gemini allows: a call that hangs costs the tests no more than that.
        self.worker_module = worker_module
        self.settings = {"GEMINI_TIMEOUT_SECONDS": "10", **NO_ONE_IS_TURNED_DOWN, **settings}
        self.bot_settings: dict[str, str] = {}
        self._numbers = count(1)
        self.change_default_agent('approve: ["!world__*"]')  # nobody knows of a tool called "place" that it only reads

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.temporal.start)
        try:
            await super().__aenter__()
            self.worker = self.process(self.worker_module, ready="worker is ready", **self.settings)
            self.bot = self.process("slackbot", ready="bot is listening", **self.bot_settings)
            await self.start()
        except BaseException:
            self.temporal.kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, at)
        self.temporal.kill()  # nobody needs what it holds, and it would take a second to end by itself

    async def runs(self, thread_ts: str, channel: str) -> Sequence[WorkflowHistory]:
        """The histories of a conversation's runs, oldest first."""
        return (await Lifeline.of(await self.connected(), (await self.workflow(thread_ts, channel)).id)).runs

    def number(self) -> int:
        """Counts up, for names and addresses that nobody else has."""
        return next(self._numbers)

    def address(self) -> str:
        """A public address that nobody has asked for yet, and that the world can place."""
        number = self.number()
        address = f"11.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        self.world.sites[address] = SITES[NEW_YORK]
        return address

    def freeze_bot(self) -> None:
        os.kill(self.bot.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Whatever is frozen and still alive goes on."""
        self.temporal.thaw()
        if self.bot.return_code is None:
            os.kill(self.bot.pid, signal.SIGCONT)

    async def bot_has_seen_all(self) -> None:
        """Waits until the bot has taken up every event so far: it does so in order, and the last is not for it."""
        ts = self.slack.say(self.anna, self.channel, "only to see whether anybody listens")
        await self.slack.until(lambda: self.is_acknowledged(ts))

    async def all_acknowledged(
        self, channels: Collection[str], settled: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Waits for acknowledgements of all events in these channels, turning Slack's clock on to its next attempts.

        `settled` waits for what an attempt sets going: a status that stands while the clock is turned on would expire.
        """
        await self.slack.until(lambda: self.slack.connections)
        for pause in REDELIVERY_PAUSES:
            if self.unacknowledged(channels):
                self.slack.clock.advance(pause)
                await self._acknowledged_soon(channels)
                if settled is not None:
                    await settled()
        await self.slack.until(lambda: not self.unacknowledged(channels))

    async def _acknowledged_soon(self, channels: Collection[str]) -> None:
        try:
            await self.slack.until(lambda: not self.unacknowledged(channels), seconds=10)
        except AssertionError:
            return  # the next attempt is due

    def unacknowledged(self, channels: Collection[str]) -> bool:
        return not self.awaited_channels.isdisjoint(channels)

    @property
    def awaited_channels(self) -> set[str]:
        """The channels with events that nobody has acknowledged yet; a click has no id, and does not come again."""
        return {one.channel for one in self.slack.deliveries if one.event_id and not one.acked}
