"""What `.env` holds is read as people's editors write it, and what cannot be read is told without its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from process import dotenv_file
from process.settings import BAD_SETTINGS, ProcessSettings, environment, load


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("LOG_FORMAT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_without_a_file_there_are_no_settings() -> None:
    assert dotenv_file.read() == {}


def test_the_mark_that_windows_editors_write_hides_no_setting(directory: Path) -> None:
    (directory / ".env").write_bytes(b"\xef\xbb\xbfLOG_FORMAT=json\r\nLOG_LEVEL=ERROR\r\n")

    (settings,) = load(ProcessSettings)

    assert (settings.log_format, settings.log_level) == ("json", "ERROR")
    assert environment()["LOG_FORMAT"] == "json"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"A=1\n\nSECRET xoxb-1\nB=2\n", ".env, line 3: NAME=value is expected"),
        (b"A=1\nSECRET='xoxb-1\nB=2\n", ".env, line 2: NAME=value is expected"),
        ("SECRET=xoxb-1 é".encode("latin-1"), ".env is no text in UTF-8"),
        ("SECRET=xoxb-1".encode("utf-16"), ".env is no text in UTF-8"),
    ],
    ids=["no equals sign", "an open quotation mark", "Latin-1", "UTF-16"],
)
def test_a_file_that_cannot_be_understood_is_refused_in_a_sentence_without_a_secret(
    directory: Path, content: bytes, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / ".env").write_bytes(content)

    with pytest.raises(SystemExit) as stop:
        load(ProcessSettings)

    printed = capsys.readouterr().err
    assert stop.value.code == BAD_SETTINGS
    assert sentence in printed
    assert "xoxb" not in printed


def test_a_file_of_somebody_else_is_refused_in_a_sentence(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / ".env").write_text("LOG_FORMAT=json")

    def refused(_: Path, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)

    with pytest.raises(SystemExit):
        load(ProcessSettings)

    assert ".env cannot be read (Permission denied): give it to you, or move it away" in capsys.readouterr().err
