"""Promises about the command: bad cases are named, all of them, and nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_worker.cases import reading
from agent_worker.toolbox.toolbox import Toolbox
from evaluations import command


async def refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What the command says when it runs nothing."""
    monkeypatch.setattr("sys.argv", ["evaluate", *arguments])
    with pytest.raises(SystemExit) as end:
        await command.main()
    assert end.value.code == command.NOT_RUN
    return capsys.readouterr().err


async def test_all_bad_cases_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text("messages: []\n")
    (tmp_path / "b.yaml").write_text("messages: [Hi\n")

    said = await refused(capsys, monkeypatch, str(tmp_path), "agents/cases")

    assert said.startswith(f"These cases need attention; nothing was run:\n  {tmp_path}/a.yaml:1: messages: ")
    assert f"\n  {tmp_path}/b.yaml:2: cannot be read as YAML" in said


async def test_a_name_that_no_case_has_and_a_folder_that_is_not_there_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no case has 'wether' in its name" in await refused(capsys, monkeypatch, "--only", "wether")
    report = str(tmp_path / "missing" / "report.xml")
    assert await refused(capsys, monkeypatch, "--junit", report) == f"{tmp_path}/missing is not a folder.\n"


def test_a_tool_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        'messages: [Hi]\nreal: [get_wether]\nexpect:\n  no_calls: ["*", search_everything]\n  calls: get_ip_*\n'
    )
    ((one,), _) = reading.read([tmp_path])

    problems = list(command.unknown_tools(one, Toolbox.discover()))

    assert [problem.replace(f"{tmp_path}/", "").partition(";")[0] for problem in problems] == [
        "case.yaml:2: real.1: there is no tool get_wether",
        "case.yaml:3: expect: there is no tool search_everything",
    ]
