"""One `make run` at a time on a folder: what two of them wrote there would overwrite each other's messages."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

PATIENCE_SECONDS = 15.0  # until all that an earlier run had started has ended
_LOOKS_EVERY = 0.1  # seconds


class InUseError(Exception):
    """Another run has the folder. The text is a sentence for a person."""


class RunLock:
    """A file in the folder that is locked from `take` until this process ends, however it ends.

    A process that gets `descriptor` holds the lock as well. Then the lock is free only when both have ended.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self.descriptor = -1

    def take(self) -> None:
        """Waits for what a run that has ended has left behind. Raises InUseError if another run goes on.

        Raises OSError if the file cannot be written: the folder belongs to somebody else, or the disk is full.
        """
        self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_taken():
            holder = self._holder()
            if holder is None or _is_alive(holder) or time.monotonic() > deadline:
                os.close(self.descriptor)
                raise InUseError(_sentence(holder, self._path.parent))
            time.sleep(_LOOKS_EVERY)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()}\n".encode(), 0)

    def _is_taken(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> int | None:
        """The id of the process that has the folder; None if it is about to write it down."""
        text = os.pread(self.descriptor, 20, 0).decode(errors="replace").strip()
        return int(text) if text.isascii() and text.isdigit() else None


def _sentence(holder: int | None, folder: Path) -> str:
    process, end = (f"process {holder}", f"kill {holder}") if holder else ("another process", "end that process")
    return (
        f"`make run` runs here already: {process} has the folder {folder.absolute()}. Use that one, or end it first "
        f"(Ctrl-C in its terminal, or {end}). To run a second one, start it in another copy of the project."
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
