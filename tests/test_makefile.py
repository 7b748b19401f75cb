"""Each command installs what it needs, once; and whoever lacks something is told what."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from playground.processes import ROOT

pytestmark = pytest.mark.usefixtures("processes")

RUNNING, ALL = "requirements-playground.txt", "requirements-dev.txt"
STAMPS = {RUNNING: ".venv/installed", ALL: ".venv/installed-dev"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which nothing is installed, but for the virtual environment itself."""
    for name in ("Makefile", RUNNING, ALL):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    set_age(tmp_path / ".venv" / "bin" / "python", seconds=100)
    set_age(tmp_path / RUNNING, seconds=50)
    set_age(tmp_path / ALL, seconds=50)
    return tmp_path


def set_age(path: Path, *, seconds: float) -> None:
    path.touch()
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def made(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make` as a person calls it, also where `make test` calls this test."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=clone, env=environment, capture_output=True, text=True, check=False)


def installs(clone: Path, target: str) -> list[str]:
    """The requirements files that `make TARGET` would install."""
    done = made(clone, "-n", target)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "installation.py" in line]
    return [name for line in lines for name in (RUNNING, ALL) if name in line]


def test_running_installs_what_running_needs_and_testing_the_rest(clone: Path) -> None:
    assert [installs(clone, target) for target in ("run", "chat")] == [[RUNNING], [RUNNING]]
    assert [installs(clone, target) for target in ("test", "check", "install")] == [[RUNNING, ALL]] * 3

    (clone / STAMPS[RUNNING]).touch()

    assert (installs(clone, "run"), installs(clone, "test")) == ([], [ALL])


def test_whatever_is_there_is_not_installed_again_unless_its_file_has_changed(clone: Path) -> None:
    for stamp in STAMPS.values():
        set_age(clone / stamp, seconds=10)
    assert (installs(clone, "run"), installs(clone, "test")) == ([], [])

    (clone / ALL).touch()
    assert (installs(clone, "run"), installs(clone, "test")) == ([], [ALL])

    (clone / RUNNING).touch()
    assert (installs(clone, "run"), installs(clone, "test")) == ([RUNNING], [RUNNING, ALL])


def test_without_python_make_says_what_to_install(clone: Path) -> None:
    (clone / ".venv" / "bin" / "python").unlink()

    done = made(clone, "run", "PYTHON=python-of-tomorrow")

    assert done.returncode == 2
    assert "There is no python-of-tomorrow: install Python 3.11 or newer" in done.stdout
