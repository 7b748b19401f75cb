"""What `make test-fast` leaves out: a test that starts a process is marked, and cannot be written without the mark."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

REFUSED = "ask for the fixture `processes`"


def test_a_test_that_asks_for_processes_is_marked(processes: None, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("processes")


def test_a_test_that_does_not_ask_for_processes_cannot_start_one(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("processes")

    with pytest.raises(pytest.fail.Exception, match=REFUSED):
        subprocess.run([sys.executable, "-c", ""], check=True)


async def test_nor_can_its_event_loop() -> None:
    with pytest.raises(pytest.fail.Exception, match=REFUSED):
        await asyncio.create_subprocess_exec(sys.executable, "-c", "")
