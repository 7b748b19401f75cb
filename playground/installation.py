"""Installs the packages of a requirements file beside this Python, and says meanwhile how far it is.

`make` runs this file by itself, when nothing is installed yet: it needs Python's own library and nothing else.
"""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

TICK_SECONDS = 0.5  # between two looks at a terminal's line
QUIET_SECONDS = 10.0  # between two lines where the output is no terminal
SHOWN_LINES = 12  # of pip's last words, if it fails
_PIN = re.compile(r"^[\w.\[\]-]+==", re.MULTILINE)
# "Collecting NAME==…", or "Processing /a/folder/NAME-1.0-….whl" for a package that is on this machine.
_PACKAGE = re.compile(
    r"(?:(?:Collecting|Requirement already satisfied:|Ignoring) |Processing (?:\S*/)?)"
    r"([\w.-]+?)(?:==|\[|: |-\d\S*\.whl)"
)
_DOWNLOAD = re.compile(r"\s+Downloading .*\(([\d.]+ [kMG]B)\)")
# What pip says of a trouble, and what a person can do about it.
_ADVICE = (
    ("No space left on device", "The disk is full: make room."),
    ("Permission denied", "Something here is not yours to write: look at whom .venv belongs to."),
    ("DO NOT MATCH THE HASHES", "A package is not the one that was pinned: do not install it, and tell the project."),
    ("No matching distribution", "There is no such package for this Python and this machine, or its index is away."),
    ("onnection", "The package index cannot be reached: look at the network (HTTPS_PROXY and PIP_INDEX_URL are read)."),
    ("timed out", "The package index is slow or away: look at the network."),
)


class Progress:
    """What a person sees: one line that changes, or a line now and then where the output is no terminal."""

    def __init__(self, packages: int, what: str, output: TextIO) -> None:
        self._packages = packages
        self._what = what
        self._output = output
        self._began = time.monotonic()
        self._told = self._began
        self._found: set[str] = set()
        self._current = ""

    def hear(self, line: str) -> None:
        """Notes a line of pip's."""
        if package := _PACKAGE.match(line):
            self._found.add(package[1].lower())
            self._current = package[1] if line.startswith(("Collecting", "Processing")) else ""
        elif size := _DOWNLOAD.match(line):
            self._current = f"{self._current.partition(' (')[0]} ({size[1]})"
        elif line.startswith("Installing collected packages"):
            self._current = "putting them in place"

    def show(self) -> None:
        now = time.monotonic()
        if self._output.isatty():
            print(f"\r\x1b[K{self._sentence()}", end="", file=self._output, flush=True)
        elif now - self._told >= QUIET_SECONDS:
            self._told = now
            print(self._sentence(), file=self._output, flush=True)

    def begin(self) -> None:
        if not self._output.isatty():
            print(f"Installing {self._what} into .venv: {self._packages} packages", file=self._output, flush=True)

    def end(self, *, is_done: bool) -> None:
        start = "\r\x1b[K" if self._output.isatty() else ""
        outcome = f"Installed {self._what}" if is_done else f"Could not install {self._what}"
        print(f"{start}{outcome} ({self._seconds()} s).", file=self._output, flush=True)

    def _sentence(self) -> str:
        share = f"{len(self._found)} of {self._packages} packages"
        return f"Installing {self._what} into .venv: {share}, {self._seconds()} s  {self._current}"

    def _seconds(self) -> int:
        return round(time.monotonic() - self._began)


def install(requirements: Path, what: str, output: TextIO) -> int:
    """Returns pip's exit code. If it is not 0, `output` has pip's last words and, if it is known, what to do."""
    progress = Progress(len(_PIN.findall(requirements.read_text(encoding="utf-8"))), what, output)
    progress.begin()
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "-r", str(requirements)]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        for line in _lines(pip):
            if line:
                lines.append(line)
                progress.hear(line)
            progress.show()
    progress.end(is_done=pip.returncode == 0)
    if pip.returncode:
        print(*lines[-SHOWN_LINES:], *advice("\n".join(lines)), sep="\n", file=output, flush=True)
    return pip.returncode


def advice(said: str) -> list[str]:
    """What can be done about pip's failure, in sentences."""
    known = [sentence for sign, sentence in _ADVICE if sign in said]
    return ["", *known[:1], "Then run the same command again: what has been downloaded is not downloaded twice."]


def _lines(pip: subprocess.Popen[str]) -> Iterator[str]:
    """The lines that pip writes, and "" whenever it has written nothing for a while."""
    written: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in pip.stdout or ():
            written.put(line.rstrip())
        written.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = written.get(timeout=TICK_SECONDS)
        except queue.Empty:
            line = ""
        if line is None:
            return
        yield line


if __name__ == "__main__":
    try:
        sys.exit(install(Path(sys.argv[1]), sys.argv[2], sys.stdout))
    except KeyboardInterrupt:
        sys.exit(130)
