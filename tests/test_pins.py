"""What is built from outside is the same each time: images by digest, packages and the tool that pins them by hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from playground.processes import ROOT

PINNED_IMAGE = re.compile(r"FROM [\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}( AS \w+)?")
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-lock.txt")


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
