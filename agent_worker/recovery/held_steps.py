"""The steps that this process is at, each noted in a file that is locked for as long as the process lives.

The system lets go of a lock when a process ends, however it ends. So a note that nobody holds is that of a step whose
worker is dead, for certain. It is written in this order: made, locked, filled; at the end of the step emptied, removed,
let go. A note with something in it that can be locked was therefore never let go by a worker that lives.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

SUFFIX = ".step"
TRIES_AGAIN_AFTER = timedelta(minutes=1)
_OWNERS_ALONE = 0o700
_OWNERS_FILE = 0o600
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Note:
    """What a worker writes down of a step. The `server` is the Temporal that has given it, with the namespace.

    The token is Temporal's name for this one attempt: after the next one has begun, it is worth nothing.
    """

    server: str
    task_token: bytes

    def written(self) -> bytes:
        token = base64.b64encode(self.task_token).decode()
        return json.dumps({"server": self.server, "task_token": token}).encode()

    @classmethod
    def read(cls, written: bytes) -> Note | None:
        """None if the note is empty, was not written to its end, or is none of ours."""
        try:
            note = json.loads(written)
            return cls(server=str(note["server"]), task_token=base64.b64decode(note["task_token"], validate=True))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


class HeldSteps:
    """Notes in `folder`, which is made. If notes cannot be written there, the worker goes on without for a minute: the
    log says so, and after a kill Temporal waits for heartbeats that do not come. A disk may be full for a while.
    """

    def __init__(self, folder: Path, server: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._server = server
        self._clock = clock
        self._fails_until: float | None = None  # None while notes can be written

    @contextmanager
    def held(self, task_token: bytes) -> Iterator[None]:
        """Notes that this process is at the step, while the block runs."""
        note = self._made(Note(self._server, task_token)) if self._may_try() else None
        try:
            yield
        finally:
            if note is not None:
                _end(*note)

    def _may_try(self) -> bool:
        return self._fails_until is None or self._clock() >= self._fails_until

    def _made(self, note: Note) -> tuple[Path, int] | None:
        """The note's path and its open file; None if there is no note."""
        path = self._folder / f"{uuid4().hex}{SUFFIX}"
        try:
            self._folder.mkdir(mode=_OWNERS_ALONE, parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNERS_FILE)
            try:
                _fill(file, note)
            except OSError:
                _end(path, file)
                raise
        except BlockingIOError:  # a worker that starts just now looks whether somebody holds it
            return None
        except OSError as error:
            if self._fails_until is None:
                logger.warning("steps cannot be noted", extra={"folder": str(self._folder), "reason": error.strerror})
            self._fails_until = self._clock() + TRIES_AGAIN_AFTER.total_seconds()
            return None
        self._fails_until = None
        return path, file


def _fill(file: int, note: Note) -> None:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    written = note.written()
    if os.write(file, written) < len(written):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _end(path: Path, file: int) -> None:
    try:
        os.ftruncate(file, 0)
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("note of a step cannot be removed", extra={"reason": error.strerror})
    finally:
        os.close(file)
