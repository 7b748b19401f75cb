"""Several bots and workers, many people who ask within a minute, and what breaks meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import Fault
from emulators.slack.faults.web_api import FaultKind as SlackFault
from playground.processes import ManagedProcess
from tests.support.chaos.conversation import LOOK_AGAIN, Conversation
from tests.support.durability.answering import Question
from tests.support.durability.stage import BreakableStage

# What a turn calls in any case comes up more often: a fault of a rare call would meet nothing.
METHODS = (
    *("chat.postMessage", "chat.postMessage", "chat.update", "chat.update"),
    *("assistant.threads.setStatus", "users.info", "chat.startStream", "chat.appendStream", "chat.stopStream"),
    "conversations.replies",
)
KINDS: tuple[SlackFault, ...] = ("lost_reply", "lost_reply", "refused", "rate_limited", "internal_error_after_commit")
SAID_SLOWLY = 0.3  # of the answers: so many are streamed
LONGEST_AWAY = 2.0  # seconds until a killed process is started again


@dataclass(frozen=True)
class Strength:
    """How much happens within `seconds`."""

    seconds: float = 60.0
    threads: int = 76
    worker_kills: int = 17
    bot_kills: int = 6
    faults: int = 39  # some thirty-four of them meet a call
    workers: int = 3
    bots: int = 2


class StormStage(BreakableStage):
    """A stage with several bots and workers, on which Slack keeps its rate limits."""

    def __init__(self, directory: Path, strength: Strength) -> None:
        super().__init__(directory)
        self.slack = SlackEmulator(clock=Clock(start=time.time()), delayed_events=True, rate_limits=True)
        self._strength = strength

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.workers = [self.worker] + [
            self.process("agent_worker", ready="worker is ready", **self.settings)
            for _ in range(self._strength.workers - 1)
        ]
        self.bots = [self.bot] + [
            self.process("slackbot", ready="bot is listening") for _ in range(self._strength.bots - 1)
        ]
        await asyncio.gather(*(process.start() for process in [*self.workers[1:], *self.bots[1:]]))
        return self


class Storm:
    """What happens is planned before it begins, so that the same seed brings the same storm."""

    def __init__(self, stage: StormStage, chance: Random, strength: Strength) -> None:
        self.conversations: list[Conversation] = []
        self._stage = stage
        self._strength = strength
        self._kills: Counter[str] = Counter()
        self._faults: list[Fault] = []
        self._away: list[ManagedProcess] = []
        self._restarts: list[asyncio.Task[None]] = []
        self._noting = asyncio.create_task(self._note_answers())
        self._plan = sorted(self._planned(chance), key=lambda planned: planned[0])

    def _planned(self, chance: Random) -> list[tuple[float, Callable[[], None]]]:
        """What happens, and at which second."""
        kinds: list[tuple[int, Callable[[Random], Callable[[], None]]]] = [
            (self._strength.threads, self._ask),
            (self._strength.worker_kills, lambda one: self._kill("worker", self._stage.workers, one)),
            (self._strength.bot_kills, lambda one: self._kill("bot", self._stage.bots, one)),
            (self._strength.faults, self._break_call),
        ]
        return [
            (chance.uniform(0, self._strength.seconds), kind(Random(chance.random())))
            for times, kind in kinds
            for _ in range(times)
        ]

    async def pass_over(self) -> None:
        """Returns when everything has happened and every process is up again."""
        began = time.monotonic()
        for second, happen in self._plan:
            await asyncio.sleep(began + second - time.monotonic())
            happen()
        await asyncio.gather(*self._restarts)
        self._stage.slack.faults.clear()  # what has met no call until now meets none

    async def settled(self, seconds: float) -> None:
        """Waits until every question is answered and nothing stands below a thread any more, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not all(conversation.is_done for conversation in self.conversations):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN)
        self._noting.cancel()
        self._note_now()

    @property
    def happened(self) -> Counter[str]:
        met = Counter(f"calls to Slack: {fault.kind}" for fault in self._faults if fault.times == 0)
        return self._kills + met

    @property
    def waited(self) -> list[float]:
        """Seconds from each question to its answer, the shortest first."""
        return sorted(seconds for one in self.conversations for seconds in one.waited.values())

    async def _note_answers(self) -> None:
        while True:
            self._note_now()
            await asyncio.sleep(LOOK_AGAIN)

    def _note_now(self) -> None:
        for conversation in self.conversations:
            conversation.note_answers()

    def _ask(self, chance: Random) -> Callable[[], None]:
        kind = chance.choice(("say", "chain", "at once"))
        slowly = chance.random() < SAID_SLOWLY

        def happen() -> None:
            number = self._stage.number()
            person = self._stage.slack.add_user(f"person{number}")
            channel = self._stage.slack.add_channel(f"talk{number}", members=[person])
            addresses = () if kind == "say" else (self._stage.address(), self._stage.address())
            conversation = Conversation(self._stage, person, channel)
            self.conversations.append(conversation)
            conversation.ask(Question(f"q{number}", addresses, at_once=kind == "at once", slowly=slowly), mention=True)

        return happen

    def _kill(self, name: str, processes: list[ManagedProcess], chance: Random) -> Callable[[], None]:
        number, pause = chance.randrange(1_000), chance.uniform(0, LONGEST_AWAY)

        def happen() -> None:
            self._restarts.append(asyncio.create_task(self._restart(name, processes, number, pause)))

        return happen

    async def _restart(self, name: str, processes: list[ManagedProcess], number: int, pause: float) -> None:
        """Kills one of the processes that are up, and starts it again."""
        while not (up := [process for process in processes if process not in self._away]):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_AGAIN)
        process = up[number % len(up)]
        self._away.append(process)
        await process.kill()
        self._kills[f"{name}s killed"] += 1
        await asyncio.sleep(pause)
        await process.start()
        self._away.remove(process)

    def _break_call(self, chance: Random) -> Callable[[], None]:
        method, kind = chance.choice(METHODS), chance.choice(KINDS)

        def happen() -> None:
            self._faults.append(self._stage.slack.faults.add(method=method, kind=kind))

        return happen
