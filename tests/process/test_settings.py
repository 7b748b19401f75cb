"""Promises of the settings of a process: read from the environment and `.env`, and all problems named together."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from process.settings import BAD_SETTINGS, ProcessSettings, environment, load, problems_of, refuse


class Kitchen(ProcessSettings):
    kitchen_cook: str = Field(description="who cooks")
    kitchen_ovens: int = Field(1, ge=1, description="how many ovens there are")
    kitchen_key: SecretStr = Field(SecretStr("none"), min_length=3, description="the key of the door")


class Garden(BaseSettings):
    """Settings like those of a tool: without descriptions, and with another base class."""

    model_config = SettingsConfigDict(extra="ignore")

    garden_size: int
    kitchen_cook: str


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, and an environment without our variables."""
    for name in (*Kitchen.model_fields, *Garden.model_fields):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("KITCHEN_COOK=from-the-file\nKITCHEN_OVENS=2\n")
    monkeypatch.setenv("KITCHEN_COOK", "from-the-environment")

    (kitchen,) = load(Kitchen)

    assert (kitchen.kitchen_cook, kitchen.kitchen_ovens) == ("from-the-environment", 2)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("KITCHEN_COOK=anna\nKITCHEN_OVENS=\n")
    monkeypatch.setenv("KITCHEN_COOK", "")

    (kitchen,) = load(Kitchen)

    assert (kitchen.kitchen_cook, kitchen.kitchen_ovens) == ("anna", 1)


def test_a_file_may_contain_settings_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("KITCHEN_COOK=anna\nSOMETHING_ELSE=1\n")

    (kitchen,) = load(Kitchen)

    assert kitchen.kitchen_cook == "anna"


def test_classes_are_read_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCHEN_COOK", "anna")
    monkeypatch.setenv("GARDEN_SIZE", "7")

    garden, kitchen = load(Garden, Kitchen)

    assert (type(garden), type(kitchen)) == (Garden, Kitchen)


def test_all_missing_and_wrong_settings_are_named_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KITCHEN_OVENS", "0")
    monkeypatch.setenv("KITCHEN_KEY", "s3")
    monkeypatch.setenv("LOG_FORMAT", "verse")

    with pytest.raises(SystemExit) as stop:
        load(Kitchen, Garden)

    printed = capsys.readouterr()
    assert (stop.value.code, printed.out) == (BAD_SETTINGS, "")
    heading, *lines = printed.err.splitlines()
    assert ".env" in heading
    assert sorted(line.split(":")[0].strip() for line in lines) == sorted(
        ["KITCHEN_COOK", "KITCHEN_OVENS", "KITCHEN_KEY", "LOG_FORMAT", "GARDEN_SIZE", "KITCHEN_COOK"]
    )
    assert "  KITCHEN_COOK: is not set (who cooks)" in lines
    assert any("KITCHEN_OVENS" in line and "greater than or equal to 1" in line for line in lines)


def test_a_bad_value_is_never_repeated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KITCHEN_OVENS", "many-secret-ovens")
    monkeypatch.setenv("KITCHEN_KEY", "~!")

    with pytest.raises(SystemExit):
        load(Kitchen)

    printed = capsys.readouterr().err
    assert "many-secret-ovens" not in printed
    assert "~!" not in printed


def test_classes_without_problems_are_read_even_if_others_have_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCHEN_COOK", "anna")

    read, problems = problems_of([Kitchen, Garden])

    assert [type(settings) for settings in read] == [Kitchen]
    assert problems == ["GARDEN_SIZE: is not set"]


def test_each_problem_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        refuse(["A: is not set", "B: is wrong", "A: is not set"])

    assert stop.value.code == BAD_SETTINGS
    assert capsys.readouterr().err.splitlines()[1:] == ["  A: is not set", "  B: is wrong"]


def test_the_environment_includes_variables_that_are_only_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("GARDEN_SIZE=1\nKITCHEN_COOK=file\nKITCHEN_KEY=\n")
    monkeypatch.setenv("KITCHEN_COOK", "environment")

    seen = environment()

    assert (seen["GARDEN_SIZE"], seen["KITCHEN_COOK"]) == ("1", "environment")
    assert "KITCHEN_KEY" not in seen
