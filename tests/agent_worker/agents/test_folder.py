"""Promises of the folder of agents: all that is bad is named together, and a change takes effect at the next look."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from agent_worker.agents.folder import LOOKS_EVERY, AgentFolder
from tests.support.agent_worker.agents import write


class Looking:
    """A folder, and a clock that the test moves."""

    def __init__(self, directory: Path, instructions: str = "", *, is_optional: bool = False) -> None:
        self.now = 0.0
        self.folder = AgentFolder(directory, instructions, is_optional=is_optional, clock=lambda: self.now)
        self.problems = self.folder.read()

    def again(self) -> dict[str, str]:
        """The instructions of each agent, a look later."""
        self.now += LOOKS_EVERY
        return {name: one.instructions for name, one in self.folder.agents.items()}


def test_files_of_agents_are_read_and_others_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "default", body="One.")
    write(tmp_path, "ops-2", body="Two.")
    (tmp_path / "notes.txt").write_text("no agent")
    (tmp_path / ".ops.md").write_text("the draft of an editor")

    looking = Looking(tmp_path)

    assert (looking.problems, looking.again()) == ([], {"default": "One.", "ops-2": "Two."})


def test_all_bad_files_are_named_together_and_then_there_are_no_agents(tmp_path: Path) -> None:
    write(tmp_path, "default")
    write(tmp_path, "ops", "a: 1\nmodel: ''")
    write(tmp_path, "Sales")
    (tmp_path / "empty.md").write_text("---\n---\n")
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "lost.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "away.md").symlink_to("/etc/hostname")

    looking = Looking(tmp_path)

    told = [problem.removeprefix(f"{tmp_path}/") for problem in looking.problems]
    assert [one.partition(" ")[0] for one in told] == [
        "Sales.md:1:",
        "away.md:1:",
        "empty.md:1:",
        "folder.md:1:",
        "loop.md:1:",
        "lost.md:1:",
        "ops.md:3:",
        "ops.md:2:",
        "pipe.md:1:",
    ]
    assert "leads out of the folder" in told[1]
    assert "has no instructions" in told[2]
    assert "leads to itself" in told[4]
    assert looking.folder.agents == {}


def test_files_may_be_links_within_the_folder_as_in_a_mounted_configuration(tmp_path: Path) -> None:
    hidden = tmp_path / "..2026"
    write(hidden, "default", body="Linked.")
    (tmp_path / "..data").symlink_to(hidden)
    (tmp_path / "default.md").symlink_to(tmp_path / "..data" / "default.md")

    looking = Looking(tmp_path)
    assert (looking.problems, looking.again()) == ([], {"default": "Linked."})

    newer = tmp_path / "..2027"
    write(newer, "default", body="Exchanged.")
    (tmp_path / "..new").symlink_to(newer)
    (tmp_path / "..new").replace(tmp_path / "..data")
    assert looking.again() == {"default": "Exchanged."}


def test_two_agents_for_one_channel_are_an_error_that_names_both(tmp_path: Path) -> None:
    write(tmp_path, "default")
    write(tmp_path, "ops", "model: x\nchannels: ['#general', 'a*']")
    write(tmp_path, "sales", "channels:\n  - general\n  - 'a*'")

    ops = tmp_path / "ops.md"
    assert Looking(tmp_path).problems == [
        f"{tmp_path}/sales.md:3: channels: the channel general is claimed by {ops} too",
        f"{tmp_path}/sales.md:4: channels: the glob a* is claimed by {ops} too",
    ]


def test_without_a_file_the_default_agent_has_the_instructions_of_the_settings(tmp_path: Path) -> None:
    missing = tmp_path / "agents"

    assert Looking(missing, "Answer.", is_optional=True).problems == []
    assert list(Looking(missing, "Answer.", is_optional=True).again()) == ["default"]
    (problem,) = Looking(missing, is_optional=True).problems
    assert problem == f"{missing}/default.md: is missing, and AGENT_INSTRUCTIONS is not set"


def test_a_folder_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    assert Looking(tmp_path / "agents", "Answer.").problems == [
        f"{tmp_path}/agents: cannot be read (FileNotFoundError)"
    ]


def test_a_change_and_an_addition_are_seen_at_the_next_look_and_not_before(tmp_path: Path) -> None:
    write(tmp_path, "default", body="One.")
    looking = Looking(tmp_path)

    write(tmp_path, "default", body="Two.")
    write(tmp_path, "sales", body="New.")

    assert looking.folder.agents["default"].instructions == "One."
    assert looking.again() == {"default": "Two.", "sales": "New."}


@pytest.mark.parametrize("name", ["default", "ops"])
def test_a_file_that_is_gone_counts_until_the_second_look_because_editors_take_files_away_while_they_save(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "default", body="One.")
    write(tmp_path, "ops", "channels: [ops]", body="One.")
    looking = Looking(tmp_path)

    (tmp_path / f"{name}.md").rename(tmp_path / f"{name}.md~")
    assert looking.again() == {"default": "One.", "ops": "One."}
    write(tmp_path, name, body="Two.")
    assert looking.again() == {"default": "One.", "ops": "One.", name: "Two."}
    assert [one for one in caplog.records if one.levelno == logging.WARNING] == []

    (tmp_path / "ops.md").unlink()
    looking.again()
    assert list(looking.again()) == ["default"]


def test_a_change_is_seen_though_the_file_has_the_size_and_the_moment_of_the_one_before(tmp_path: Path) -> None:
    path = write(tmp_path, "default", body="One.")
    before = path.stat()
    looking = Looking(tmp_path)

    path.write_text("Two.\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_size == before.st_size
    assert looking.again() == {"default": "Two."}


def test_a_file_that_has_become_bad_counts_as_it_was_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "default", body="Good.")
    write(tmp_path, "ops", body="One.")
    looking = Looking(tmp_path)

    write(tmp_path, "default", "modle: x", "Bad.")
    write(tmp_path, "ops", body="Two.")

    assert looking.again() == looking.again() == {"default": "Good.", "ops": "Two."}
    write(tmp_path, "ops", body="Three.")
    assert looking.again() == {"default": "Good.", "ops": "Three."}
    (record,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    facts = vars(record)
    assert (facts["file"], facts["line"], facts["field"]) == (f"{tmp_path}/default.md", 2, "modle")

    write(tmp_path, "default", body="Good again.")
    assert looking.again()["default"] == "Good again."


def test_files_that_contradict_each_other_count_as_they_all_were(tmp_path: Path) -> None:
    write(tmp_path, "default", body="One.")
    write(tmp_path, "ops", "channels: [general]", "One.")
    looking = Looking(tmp_path)

    write(tmp_path, "sales", "channels: [general]", "New.")

    assert looking.again() == {"default": "One.", "ops": "One."}


def test_a_file_that_contradicts_the_last_good_one_of_a_bad_file_does_not_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "default", body="One.")
    write(tmp_path, "ops", "channels: [general]", "One.")
    looking = Looking(tmp_path)

    write(tmp_path, "ops", "modle: x", "Bad.")
    write(tmp_path, "sales", "channels: [general]", "New.")

    assert looking.again() == {"default": "One.", "ops": "One."}
    assert [vars(one)["field"] for one in caplog.records] == ["modle", "channels"]


def test_a_folder_that_goes_away_changes_nothing_until_it_is_back(tmp_path: Path) -> None:
    directory = tmp_path / "agents"
    write(directory, "default", body="One.")
    write(directory, "sales", "channels: [sales]", "Careful.")
    looking = Looking(directory, "Answer.")

    directory.rename(tmp_path / "elsewhere")
    assert looking.again() == {"default": "One.", "sales": "Careful."}

    write(directory, "default", body="Two.")
    looking.again()
    assert looking.again() == {"default": "Two."}
