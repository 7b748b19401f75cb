"""What the playground has started ends with it, also if it is killed; and the folder is free only then."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from textwrap import dedent

import pytest

from playground.processes import ROOT
from playground.run_lock import RunLock

pytestmark = pytest.mark.usefixtures("processes")

RUNS = """
    import asyncio, subprocess, sys
    from pathlib import Path
    from playground.run_lock import RunLock
    from playground.watchdog import Watchdog

    async def main():
        lock = RunLock(Path(sys.argv[1]))
        lock.take()
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        async with Watchdog(lambda: [child.pid, None], lock.descriptor):
            await asyncio.sleep(0)  # the watchdog is told
            print(child.pid, flush=True)
            await asyncio.sleep(600)

    asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def test_what_a_killed_playground_has_started_has_ended_when_the_next_one_has_the_folder(tmp_path: Path) -> None:
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", dedent(RUNS), str(tmp_path), stdout=PIPE, cwd=ROOT)
    assert run.stdout is not None
    child = int(await run.stdout.readline())
    assert is_alive(child)

    run.kill()
    await run.wait()
    await asyncio.to_thread(RunLock(tmp_path).take)

    assert not is_alive(child)
