"""MCP servers from npm, installed once, as `package-lock.json` pins them."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from playground.processes import ROOT

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
LONGEST_INSTALLATION = 300  # seconds


def installed_servers() -> Path:
    """The directory of the servers' commands. Test processes that ask at the same time install them once.

    Fails the test if npm is missing or does not reach its registry: a test that is left out proves nothing.
    """
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = ROOT / ".run" / "npm" / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(folder)
            (folder / "installed").touch()
    return folder / "node_modules" / ".bin"


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("The tests with MCP servers from npm need Node.js 20 or newer, with npm (https://nodejs.org).")
    for name in FILES:
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_INSTALLATION, check=False
    )
    if done.returncode:
        pytest.fail(f"npm could not install the MCP servers: {done.stderr[-1000:]}")
