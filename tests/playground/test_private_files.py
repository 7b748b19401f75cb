"""What the playground keeps is readable by its owner alone, also what an earlier run has left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.chat.invitation import Invitation, find_invitation
from playground.private_files import keep_private, write_private


def modes(directory: Path) -> set[int]:
    """The permissions of the directory and of all that is in it, links left out."""
    return {path.stat().st_mode & 0o777 for path in [directory, *directory.rglob("*")] if not path.is_symlink()}


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

    with pytest.raises(ValueError, match="cannot be made private"):
        keep_private(tmp_path / ".run")


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
