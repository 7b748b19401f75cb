"""The stage on which things break: the whole path on a Temporal server of its own, with its data in a file."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Collection
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from playground.gemini.emulator import GeminiEmulator
from playground.temporal_server import DevServer
from playground.world.addresses import NEW_YORK, SITES
from tests.durability.answering import ByRule
from tests.e2e.stage import Stage

REDELIVERY_PAUSES = (3.0, 60.0, 300.0)  # Slack's, in seconds of its clock


class BreakableStage(Stage):
    """`async with BreakableStage(directory) as stage:` has both processes up."""

    def __init__(self, directory: Path) -> None:
        self.temporal = DevServer(database=directory / "temporal.db")
        super().__init__(self.temporal.address, directory)
        self.model = ByRule()
        self.gemini = GeminiEmulator(script=self.model)
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.temporal.start)
        try:
            await super().__aenter__()
            # The shortest that Gemini allows: a call that hangs costs the tests no more than that.
            self.worker = self.process("agent_worker", ready="worker is ready", GEMINI_TIMEOUT_SECONDS="10")
            await self.start()
        except BaseException:
            await asyncio.to_thread(self.temporal.stop)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, at)
        await asyncio.to_thread(self.temporal.stop)

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

    async def all_acknowledged(self, channels: Collection[str]) -> None:
        """Waits for acknowledgements of all events in these channels, turning Slack's clock on to its next attempts."""
        await self.slack.until(lambda: self.slack.connections)
        for pause in REDELIVERY_PAUSES:
            if self._unacknowledged(channels):
                self.slack.clock.advance(pause)
                await self._acknowledged_soon(channels)
        await self.slack.until(lambda: not self._unacknowledged(channels))

    async def _acknowledged_soon(self, channels: Collection[str]) -> None:
        try:
            await self.slack.until(lambda: not self._unacknowledged(channels), seconds=3)
        except AssertionError:
            return  # the next attempt is due

    def _unacknowledged(self, channels: Collection[str]) -> bool:
        return any(one.channel in channels and not one.acked for one in self.slack.deliveries)
