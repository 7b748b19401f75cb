"""Refusals of Slack at random: any documented error of any method that the worker calls, once or for a while."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from random import Random
from typing import Any

from emulators.slack.faults.web_api import Fault
from tests.support.agent_worker.refusals import METHODS, errors_of
from tests.support.durability.stage import BreakableStage

FOR_A_WHILE = 0.3  # how many refusals are not for one call only, but for all from that one on
SECONDS = (1.0, 3.0, 6.0)  # how long
# Without a list of people, the agent rightly answers nobody of whom Slack tells nothing: a question to which this
# happens is owed no answer. So this method is refused only where there is a list.
WHO_IS_THIS = "users.info"


class Refusals:
    """Which methods were refused in which channel; "" stands for the calls that name no channel."""

    def __init__(self, stage: BreakableStage, chance: Random, *, is_listed: bool) -> None:
        self._stage = stage
        self._chance = chance
        self._methods = [method for method in METHODS if is_listed or method != WHO_IS_THIS]
        self._planned: list[Fault] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._met: defaultdict[str, set[str]] = defaultdict(set)
        self._met_one: dict[int, str] = {}  # how, by the number of the plan

    def of(self, channel: str) -> set[str]:
        """The methods that were refused in this channel."""
        return self._met[channel]

    @property
    def happened(self) -> Counter[str]:
        """The refusals that a call has met; one that lasts for a while counts once."""
        return Counter(self._met_one.values())

    async def refuse(self) -> None:
        """Plans the next refusal."""
        method = self._chance.choice(self._methods)
        error = self._chance.choice(errors_of(method))
        is_for_a_while = self._chance.random() < FOR_A_WHILE
        seconds = self._chance.choice(SECONDS)
        if any(fault.method == method and fault.times != 0 for fault in self._planned):
            return  # one of this method is still to come: those of rare methods would pile up
        number = len(self._planned)

        def meets(arguments: Mapping[str, Any]) -> bool:
            if is_for_a_while and number not in self._met_one:
                self._end_after(fault, seconds)
            self._met_one[number] = "for a while" if is_for_a_while else "once"
            self._met[str(arguments.get("channel") or arguments.get("channel_id") or "")].add(method)
            return True

        times = None if is_for_a_while else 1
        fault = self._stage.slack.faults.add(method=method, kind="error", error=error, times=times, when=meets)
        self._planned.append(fault)

    def _end_after(self, fault: Fault, seconds: float) -> None:
        ending = asyncio.create_task(_end(fault, seconds))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def end(self) -> None:
        """No more refusals; those so far count no longer as having happened."""
        for fault in self._planned:
            fault.times = 0
        for ending in self._ending:
            ending.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)
        self._met_one.clear()


async def _end(fault: Fault, seconds: float) -> None:
    await asyncio.sleep(seconds)
    fault.times = 0
