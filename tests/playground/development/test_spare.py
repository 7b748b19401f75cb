"""A spare process waits beside the worker and the bot, so that their next start is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from playground.development.spare import BEGIN, OTHERS
from playground.processes import ROOT

pytestmark = pytest.mark.usefixtures("processes")
# The packages of others of which a package imports the first module after its spare has imported what it does.
LEFT = """
import importlib, json, sys
def packages(): return {{".".join(name.split(".")[: 2 if name.startswith("google.") else 1]) for name in sys.modules}}
for name in {others!r}: importlib.import_module(name)
before = packages() | set(sys.stdlib_module_names) | {own!r}
importlib.import_module("{package}.__main__")
print(json.dumps(sorted(packages() - before)))
"""
OWN = {"agent_worker", "slackbot", "process", "text", "emulators", "playground"}


@pytest.mark.parametrize("package", OTHERS)
def test_it_has_imported_all_that_is_not_of_the_project(package: str) -> None:
    left = LEFT.format(others=OTHERS[package], package=package, own=OWN)

    said = subprocess.run([sys.executable, "-c", left], cwd=ROOT, capture_output=True, check=True, text=True).stdout

    assert json.loads(said) == []


@pytest.mark.parametrize("package", OTHERS)
def test_it_imports_nothing_of_the_project_whose_files_may_change(package: str) -> None:
    spare = subprocess.run(
        [sys.executable, "-v", "-m", "playground.development.spare", package],
        cwd=ROOT,
        input="",
        capture_output=True,
        check=True,
        text=True,
    )

    assert not any(f"import '{name}." in spare.stderr for name in OWN - {"playground"})
    assert "import 'playground.development.child'" not in spare.stderr


def test_it_becomes_the_process_when_it_is_told_to_and_ends_when_nobody_is_there_to_tell_it() -> None:
    def run(told: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "playground.development.spare", "slackbot"],
            cwd=ROOT,
            env={**os.environ, "SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""},
            input=told,
            capture_output=True,
            check=False,
            text=True,
        )

    needless, needed = run(""), run(f"{BEGIN}\n")

    assert (needless.returncode, needless.stdout + needless.stderr) == (0, "")
    assert needed.returncode != 0
    assert "SLACK_BOT_TOKEN" in needed.stdout + needed.stderr
