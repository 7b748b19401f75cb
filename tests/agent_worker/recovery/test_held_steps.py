"""Promises of the notes: one for each step that runs, for the owner's eyes, and never in the way of a step."""

from __future__ import annotations

import fcntl
import logging
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from agent_worker.recovery.held_steps import HeldSteps, Note

SERVER = "localhost:7233 default"


def notes(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@contextmanager
def looked_at(path: Path) -> Iterator[bool]:
    """Whether a worker that starts could lock the note, as it does with notes that nobody holds."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def test_a_note_says_which_attempt_of_which_server_runs_and_is_gone_with_it(tmp_path: Path) -> None:
    with HeldSteps(tmp_path / "made" / "for it", SERVER).held(b"\x00token"):
        (path,) = notes(tmp_path / "made" / "for it")
        assert Note.read(path.read_bytes()) == Note(SERVER, b"\x00token")

    assert notes(tmp_path / "made" / "for it") == []


def test_nobody_but_the_owner_can_read_a_note(tmp_path: Path) -> None:
    with HeldSteps(tmp_path / "steps", SERVER).held(b"token"):
        (path,) = notes(tmp_path / "steps")
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_steps_that_run_at_once_have_a_note_each_and_nobody_else_can_take_one(tmp_path: Path) -> None:
    held = HeldSteps(tmp_path, SERVER)
    with ExitStack() as running:
        for number in range(3):
            running.enter_context(held.held(bytes([number])))
        for path in notes(tmp_path):
            with looked_at(path) as is_free:
                assert not is_free

        assert len(notes(tmp_path)) == 3
    assert notes(tmp_path) == []


def test_who_has_opened_the_note_of_a_step_that_ends_finds_nothing_in_it(tmp_path: Path) -> None:
    """Otherwise a worker that starts at this moment would take the step for that of a dead one."""
    with ExitStack() as opened:
        with HeldSteps(tmp_path, SERVER).held(b"token"):
            file = opened.enter_context(notes(tmp_path)[0].open("rb"))

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert file.read() == b""


def test_a_step_runs_where_no_notes_can_be_written_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    held = HeldSteps(tmp_path / "a file" / "steps", SERVER)
    ran = []

    with caplog.at_level(logging.INFO):
        for number in range(2):
            with held.held(b"token"):
                ran.append(number)

    assert ran == [0, 1]
    assert [record.getMessage() for record in caplog.records] == ["steps cannot be noted"]


def test_notes_are_written_again_a_minute_after_they_could_not_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk was full for a while."""
    now = 0.0
    held, noted = HeldSteps(tmp_path / "steps", SERVER, clock=lambda: now), list[int]()
    (tmp_path / "steps").touch()

    for now in (0.0, 61.0, 122.0, 183.0):
        if now == 122.0:
            (tmp_path / "steps").unlink()
        with held.held(b"token"):
            noted.append(len(notes(tmp_path / "steps")) if (tmp_path / "steps").is_dir() else 0)

    assert noted == [0, 0, 1, 1]
    assert [record.getMessage() for record in caplog.records] == ["steps cannot be noted"]


def test_a_note_for_which_the_disk_has_no_room_is_not_left_half_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held, allowed = HeldSteps(tmp_path, SERVER), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, allowed[1]))
    try:
        with held.held(b"token"):
            left = notes(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)

    assert left == []
    assert [record.getMessage() for record in caplog.records] == ["steps cannot be noted"]


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b"[" * 9_000, b'{"server": "s"}', b'{"server": "s", "task_token": "?"}']
)
def test_a_note_that_was_not_written_to_its_end_says_nothing(written: bytes) -> None:
    assert Note.read(written) is None
