"""Promises of the result file: it names the machine and the versions, and no file is overwritten."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.report import results
from benchmarks.report.targets import judge_all
from tests.support.benchmarks.measured import measured


def test_a_result_is_a_dated_file_that_names_the_machine_and_is_never_overwritten(
    processes: None, tmp_path: Path
) -> None:
    at = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    report = results.report(measured(), judge_all(measured()), is_quick=False, at=at)

    path = results.write(report, tmp_path / "new")

    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "2027-01-02T030405Z.json"
    assert kept["machine"]["cores"] >= 1
    assert kept["versions"]["temporalio"]
    (status,) = [one for one in kept["measurements"] if one["what"] == "mention → status"]
    assert (status["median"], status["runs"]) == (50.0, 3)
    assert len(kept["targets"]) == 19
    with pytest.raises(FileExistsError):
        results.write(report, tmp_path / "new")
