"""What the playground keeps is readable by its owner alone, also what an earlier run has left open."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from playground.chat.invitation import Invitation, find_invitation
from playground.private_files import keep_private, write_private


def modes(directory: Path) -> set[int]:
    """The permissions of the directory and of all that is in it, links left out."""
    return {path.stat().st_mode & 0o777 for path in [directory, *directory.rglob("*")] if not path.is_symlink()}


def refuse(monkeypatch: pytest.MonkeyPatch, method: str, number: int) -> None:
    """The file system refuses, as it does with somebody who is not root."""

    def refused(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, method, refused)


def test_what_an_earlier_run_has_left_open_is_closed(tmp_path: Path) -> None:
    kept = tmp_path / ".run"
    (kept / "playground" / "files").mkdir(parents=True, mode=0o755)
    for path in ("temporal.db", "temporal.db-wal", "playground/slack.json", "playground/files/F1"):
        (kept / path).write_text("secret")
        (kept / path).chmod(0o644)

    keep_private(kept)

    assert modes(kept) == {0o700, 0o600}


def test_what_is_linked_from_there_stays_as_it_is(tmp_path: Path) -> None:
    outside, kept = tmp_path / "outside", tmp_path / ".run"
    outside.mkdir(mode=0o755)
    (outside / "file").write_text("public")
    (outside / "file").chmod(0o644)
    kept.mkdir()
    (kept / "folder").symlink_to(outside)
    (kept / "file").symlink_to(outside / "file")

    keep_private(kept)

    assert modes(outside) == {0o755, 0o644}


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / ".run").write_text("")

    with pytest.raises(ValueError, match=r"/\.run is no folder, and one of this name is needed: move it away"):
        keep_private(tmp_path / ".run")

    assert (tmp_path / ".run").read_text() == ""


def test_a_folder_that_cannot_be_made_is_told_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "mkdir", errno.EACCES)

    with pytest.raises(
        ValueError, match=r"cannot be made \(Permission denied\): start in a folder that you may write in"
    ):
        keep_private(tmp_path / ".run")


def test_what_belongs_to_somebody_else_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".run").mkdir()
    refuse(monkeypatch, "chmod", errno.EPERM)

    with pytest.raises(ValueError, match="is not yours to change") as error:
        keep_private(tmp_path / ".run")

    assert "sudo chown -R" in str(error.value)


def test_a_private_file_replaces_one_that_was_open(tmp_path: Path) -> None:
    place = tmp_path / "token"
    place.write_text("old")
    place.chmod(0o644)

    write_private(place, "new")

    assert (place.read_text(), place.stat().st_mode & 0o777) == ("new", 0o600)


def test_the_chat_finds_the_playground_that_runs_here(tmp_path: Path) -> None:
    place = tmp_path / "chat.json"
    assert find_invitation(place) is None

    Invitation("http://127.0.0.1:1", "token").leave(place)

    assert find_invitation(place) == Invitation("http://127.0.0.1:1", "token")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"url": 1}'])
def test_an_invitation_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "chat.json").write_text(text)

    assert find_invitation(tmp_path / "chat.json") is None
