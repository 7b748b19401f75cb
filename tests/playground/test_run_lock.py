"""Two runs on one folder are refused, and a run that was killed is in nobody's way."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.run_lock import InUseError, RunLock

NOBODY = 4_194_304  # above all process ids of Linux


@pytest.fixture
def first(tmp_path: Path) -> Iterator[RunLock]:
    lock = RunLock(tmp_path)
    lock.take()
    yield lock
    os.close(lock.descriptor)


def test_the_second_run_is_told_which_process_has_the_folder_and_what_to_do(first: RunLock, tmp_path: Path) -> None:
    with pytest.raises(InUseError) as error:
        RunLock(tmp_path).take()

    assert f"process {os.getpid()} has the folder {tmp_path}" in str(error.value)
    assert f"kill {os.getpid()}" in str(error.value)


def test_after_the_end_of_the_first_run_the_next_one_has_the_folder(tmp_path: Path) -> None:
    lock = RunLock(tmp_path)
    lock.take()
    os.close(lock.descriptor)

    again = RunLock(tmp_path)
    again.take()

    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    os.close(again.descriptor)


def test_what_a_killed_run_has_left_is_waited_for(first: RunLock, tmp_path: Path) -> None:
    os.pwrite(
        first.descriptor, f"{NOBODY}\n".encode(), 0
    )  # the run has ended, and something of it still holds the lock
    left = os.dup(first.descriptor)
    os.close(first.descriptor)
    first.descriptor = os.open(os.devnull, os.O_RDONLY)
    ending = threading.Timer(0.2, os.close, [left])
    ending.start()

    second = RunLock(tmp_path)
    second.take()

    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    ending.join()
    os.close(second.descriptor)


def test_what_is_left_and_does_not_end_is_told(first: RunLock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.run_lock.PATIENCE_SECONDS", 0.1)
    os.pwrite(first.descriptor, f"{NOBODY}\n".encode(), 0)

    with pytest.raises(InUseError, match="runs here already"):
        RunLock(tmp_path).take()
