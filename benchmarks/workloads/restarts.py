"""Starts, kills and orderly ends: how long they take, and when an interrupted turn goes on."""

from __future__ import annotations

import asyncio
import time

from benchmarks.contenders.contender import Contender
from benchmarks.contenders.conversation import Conversation, check_all
from benchmarks.measurements.measurements import Measurements
from benchmarks.stubs.services import NONE, REAL

START, KILL, DRAIN = "each alone, to its ready line", "in a model call", "20 threads in mid-turn"
DRAIN_THREADS = 20


async def starts(contender: Contender, times: int, measurements: Measurements) -> None:
    """Ends all processes and starts them again, one after the other."""
    contender.stubs.set_latencies(NONE)
    for _ in range(times):
        await contender.stop()
        for role, seconds in (await contender.start()).items():
            measurements.add("start-up", START, f"{contender.name} {role}", "s", [seconds])


async def kills(contender: Contender, times: int, measurements: Measurements) -> None:
    """Kills the worker (SIGKILL) while it waits for the model, and starts another one at once. Raises WrongError."""
    contender.stubs.set_latencies(NONE)
    gemini, worker = contender.stubs.gemini, contender.process("worker")
    for _ in range(times):
        held = gemini.hold()
        conversation = Conversation(contender)
        exchange = conversation.post("haiku")
        await held.reached()
        asked = len(gemini.requests)
        killed_at = time.monotonic()
        await worker.kill()
        await worker.start(wait=False)
        await gemini.arrived(asked + 1)
        goes_on = time.monotonic() - killed_at
        await conversation.wait_for_answer(exchange)
        answered = time.monotonic() - killed_at
        await worker.is_up()
        await conversation.wait_until_quiet()
        conversation.check()
        measurements.add("SIGKILL of the worker → turn goes on", KILL, contender.name, "s", [goes_on])
        measurements.add("SIGKILL of the worker → answer", KILL, contender.name, "s", [answered])


async def drains(contender: Contender, times: int, measurements: Measurements) -> None:
    """Ends the worker (SIGTERM) in the middle of many turns, which the next worker finishes.

    Raises WrongError for a wrong answer, and AssertionError if the worker does not end with code 0.
    """
    contender.stubs.set_latencies(REAL)
    worker = contender.process("worker")
    for _ in range(times):
        conversations = [Conversation(contender) for _ in range(DRAIN_THREADS)]
        asked = len(contender.stubs.gemini.requests)
        exchanges = [conversation.post("chain") for conversation in conversations]
        await contender.stubs.gemini.arrived(asked + DRAIN_THREADS + DRAIN_THREADS // 2)
        begun = time.monotonic()
        code = await worker.stop()
        seconds = time.monotonic() - begun
        if code != 0:
            raise AssertionError(f"{contender.name}: the worker ended with code {code}")
        await worker.start()
        pairs = zip(conversations, exchanges, strict=True)
        await asyncio.gather(*(conversation.wait_for_answer(exchange) for conversation, exchange in pairs))
        await conversations[0].wait_until_quiet()
        check_all(conversations)
        measurements.add("SIGTERM of the worker → ended", DRAIN, contender.name, "s", [seconds])
