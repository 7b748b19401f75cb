"""Promises of what a process costs: its own processor time is measured, in seconds."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE

from benchmarks.measurements.processes import cpu_seconds

# Works for 0.1 s of processor time, says so, and waits.
BUSY = "import time\nwhile time.process_time() < 0.1: pass\nprint('done', flush=True)\ninput()"


async def test_processor_time_is_that_of_the_process(processes: None) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", BUSY, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readline()

    assert 0.08 <= cpu_seconds([process.pid]) < 1
    await process.communicate(b"enough")
    assert cpu_seconds([process.pid]) == 0
