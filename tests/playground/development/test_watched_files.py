"""What counts as a change of a file: other contents. What editors and Python leave beside it does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground.development.watched_files import WatchedFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tools"
    made.mkdir()
    (made / "weather.py").write_text("rain")
    return made


def test_files_in_all_folders_below_are_seen_and_single_files(folder: Path, tmp_path: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "data.json").write_text("{}")
    single = tmp_path / "mcp.json"
    single.write_text("{}")

    seen = WatchedFiles([folder, single, tmp_path / "not_there", tmp_path / "nor.this"]).look()

    assert set(seen) == {str(folder / "weather.py"), str(folder / "deep" / "er" / "data.json"), str(single)}


@pytest.mark.parametrize(
    "name",
    [
        ".weather.py.swp",
        ".#weather.py",
        "#weather.py#",
        "weather.py~",
        "4913",
        "weather.py___jb_tmp___",
        "weather.py.bak",
        "weather.py.orig",
        "weather.pyc",
        "cache.db",
        "cache.db-journal",
        "tool.log",
        "__pycache__/weather.cpython-311.pyc",
        ".git/index",
    ],
)
def test_what_editors_and_programs_leave_is_not_seen(folder: Path, name: str) -> None:
    files = WatchedFiles([folder])
    before = files.look()

    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("something")

    assert files.look() == before


def test_a_file_that_is_saved_as_it_was_is_the_same(folder: Path) -> None:
    files = WatchedFiles([folder])
    before = files.look()

    (folder / "weather.py").write_text("rain")
    os.utime(folder / "weather.py", (1, 1))

    assert files.look() == before


def test_a_file_that_another_one_is_renamed_over_has_changed(folder: Path) -> None:
    files = WatchedFiles([folder])
    before = files.look()

    (folder / ".new").write_text("snow")
    (folder / ".new").rename(folder / "weather.py")

    assert files.look() != before


def test_a_change_of_the_same_length_with_the_old_time_is_seen(folder: Path) -> None:
    files, path = WatchedFiles([folder]), folder / "weather.py"
    before, told = files.look(), path.stat()

    path.write_text("hail")
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))

    assert files.look() != before


def test_a_folder_that_links_to_itself_is_looked_at_once(folder: Path) -> None:
    (folder / "again").symlink_to(folder)

    assert set(WatchedFiles([folder]).look()) == {str(folder / "weather.py")}


def test_a_linked_folder_is_looked_at_like_any_other(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "agents"
    link.symlink_to(folder)

    assert set(WatchedFiles([link]).look()) == {str(link / "weather.py")}


def test_a_large_file_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.development.watched_files.LARGEST_READ", 3)
    files = WatchedFiles([folder])
    before = files.look()

    os.utime(folder / "weather.py", (1, 1))

    assert files.look() != before
