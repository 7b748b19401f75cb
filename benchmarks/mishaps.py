"""How fast it is up, how fast it goes on after a kill, and how it ends when it is asked to."""

from __future__ import annotations

import asyncio
import time

from benchmarks.contenders import Contender
from benchmarks.measurements import Measurements
from benchmarks.stubs import NONE, REAL
from benchmarks.talking import Talk, check

START, KILL, DRAIN = "each alone, to its ready line", "in a model call", "20 threads in mid-turn"
THREADS = 20


async def starts(contender: Contender, times: int, measurements: Measurements) -> None:
    contender.stubs.take(NONE)
    for _ in range(times):
        await contender.stop()
        for role, seconds in (await contender.start()).items():
            measurements.add("start-up", START, f"{contender.name} {role}", "s", [seconds])


async def kills(contender: Contender, times: int, measurements: Measurements) -> None:
    """SIGKILL of the worker while it waits for the model; another one is started at once."""
    contender.stubs.take(NONE)
    gemini, worker = contender.stubs.gemini, contender.process("worker")
    for _ in range(times):
        held = gemini.hold()
        talk = Talk(contender)
        exchange = talk.say("haiku")
        await held.reached()
        asked = len(gemini.requests)
        killed_at = time.monotonic()
        await worker.kill()
        await worker.start(wait=False)
        await gemini.arrived(asked + 1)
        goes_on = time.monotonic() - killed_at
        await talk.answered(exchange)
        answered = time.monotonic() - killed_at
        await worker.is_up()
        await talk.settled()
        talk.check()
        measurements.add("SIGKILL of the worker → turn goes on", KILL, contender.name, "s", [goes_on])
        measurements.add("SIGKILL of the worker → answer", KILL, contender.name, "s", [answered])


async def drains(contender: Contender, times: int, measurements: Measurements) -> None:
    """SIGTERM of the worker in the middle of many turns; the next worker finishes them."""
    contender.stubs.take(REAL)
    worker = contender.process("worker")
    for _ in range(times):
        talks = [Talk(contender) for _ in range(THREADS)]
        asked = len(contender.stubs.gemini.requests)
        exchanges = [talk.say("chain") for talk in talks]
        await contender.stubs.gemini.arrived(asked + THREADS + THREADS // 2)
        begun = time.monotonic()
        code = await worker.stop()
        seconds = time.monotonic() - begun
        if code != 0:
            raise AssertionError(f"{contender.name}: the worker ended with code {code}")
        await worker.start()
        await asyncio.gather(*(talk.answered(one) for talk, one in zip(talks, exchanges, strict=True)))
        await talks[0].settled()
        check(talks)
        measurements.add("SIGTERM of the worker → ended", DRAIN, contender.name, "s", [seconds])
