"""One save is one change, however many files it writes and however long that takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playground.development.changes import LONGEST_WRITING, Changes

TOOL, AGENT = "tool.py", "agent.md"


@dataclass
class Desk:
    """The files of somebody who works, and a clock that ticks with each look."""

    files: dict[str, str] = field(default_factory=lambda: {TOOL: "1", AGENT: "1"})
    now: float = 0.0
    tick: float = 0.1

    def look(self) -> dict[str, str]:
        self.now += self.tick
        return dict(self.files)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def changes(desk: Desk) -> Changes:
    return Changes(desk.look, clock=lambda: desk.now)


def test_a_change_is_told_once_and_only_when_nobody_writes_any_more(desk: Desk, changes: Changes) -> None:
    assert changes.told() == []

    desk.files[TOOL] = "half"
    assert (changes.told(), changes.is_being_written) == ([], True)
    desk.files[TOOL] = "whole"
    assert changes.told() == []

    assert (changes.told(), changes.is_being_written) == ([Path(TOOL)], False)
    assert changes.told() == []


def test_all_files_of_one_save_are_told_together(desk: Desk, changes: Changes) -> None:
    desk.tick = 0.01
    for number in range(20):
        desk.files[f"{number}.py"] = "checked out"
        assert changes.told() == []
    del desk.files[AGENT]
    assert changes.told() == []

    assert len(changes.told()) == 21


def test_a_file_that_is_away_while_it_is_saved_has_not_changed(desk: Desk, changes: Changes) -> None:
    kept = desk.files.pop(TOOL)
    assert changes.told() == []
    desk.files[TOOL] = kept

    assert (changes.told(), changes.is_being_written) == ([], False)


def test_a_file_that_comes_or_goes_has_changed(desk: Desk, changes: Changes) -> None:
    del desk.files[TOOL]
    desk.files["new.py"] = "1"
    changes.told()

    assert changes.told() == [Path("new.py"), Path(TOOL)]


def test_whoever_never_stops_writing_holds_nothing_up(desk: Desk, changes: Changes) -> None:
    desk.files[TOOL] = "changed"
    for number in range(int(LONGEST_WRITING / desk.tick) - 1):
        desk.files[AGENT] = f"still writing {number}"
        assert changes.told() == []
    desk.files[AGENT] = "and still"
    desk.tick = LONGEST_WRITING

    assert changes.told() == [Path(AGENT), Path(TOOL)]
