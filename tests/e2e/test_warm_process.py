"""Processes that are forked for the tests are what `python -m` starts, and none of them outlives the tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from playground.processes import ManagedProcess
from tests.support.e2e.warm_process import WarmProcess, end_template

pytestmark = pytest.mark.usefixtures("processes")
TELLS = """\
import json, os, sys
found = [sys.argv[1:], os.getcwd(), sys.stdin.read(), os.environ["COLOUR"], "SURPRISE" in os.environ, __name__]
print(json.dumps(found))
print("and this is an error", file=sys.stderr)
sys.exit(3)
"""
WAITS = """\
import time
print("up", flush=True)
time.sleep(3600)
"""


async def test_a_forked_process_finds_and_says_what_any_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURPRISE", "of the tests alone")
    (tmp_path / "tells.py").write_text(TELLS)
    ended = []

    for kind in (ManagedProcess, WarmProcess):
        process = kind("tells", {"COLOUR": "blue"}, ready="", arguments=["a b", "c"], typed="hello", directory=tmp_path)
        await process.start(wait=False)
        ended.append((await process.ended(), sorted(process.lines)))

    assert ended[0] == ended[1]
    assert ended[1][0] == 3


async def test_an_import_that_fails_is_told_and_ends_with_one(tmp_path: Path) -> None:
    process = WarmProcess("not_there", {}, ready="never", directory=tmp_path)

    await process.start(wait=False)

    assert await process.ended() == 1
    assert "not_there" in process.lines[-1]


@pytest.fixture
async def waiting(tmp_path: Path) -> WarmProcess:
    (tmp_path / "waits.py").write_text(WAITS)
    process = WarmProcess("waits", {}, ready="up", directory=tmp_path)
    await process.start()
    return process


async def test_it_can_be_killed_and_started_again(waiting: WarmProcess) -> None:
    assert waiting.is_running
    assert await waiting.kill() == -signal.SIGKILL
    assert not waiting.is_running

    await waiting.start()

    assert await waiting.stop() == -signal.SIGTERM


async def test_no_process_outlives_its_template(waiting: WarmProcess) -> None:
    end_template()

    assert await waiting.ended() == -signal.SIGKILL
