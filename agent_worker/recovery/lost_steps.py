"""The steps that a dead worker has left on this machine: whoever starts next gives them back to Temporal.

Temporal then begins them again at once, instead of waiting for the end of their heartbeats. The notes of `held_steps`
name them, and only what no living process holds is given back. The folder may hold anything: nothing in it keeps a
worker from starting, nor for longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.payloads.errors import DIED, retryable
from agent_worker.recovery.held_steps import SUFFIX, Note

PATIENCE = timedelta(seconds=5)  # for all calls together; the heartbeats' deadline is not far either
AT_ONCE = 50  # calls, each with an open file: there may be more notes than files that a process may open
WORTHLESS_AFTER = timedelta(days=1)  # since the step began: Temporal has long missed the heartbeats
_LONGEST_NOTE = 10_000  # bytes; one has less than a thousand
# Not a link, and not a pipe for which the worker would wait until somebody writes into it.
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
# The attempt has ended, or another worker has the next one; or the token is none.
_OVER = {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}
logger = logging.getLogger(__name__)


async def give_back(client: Client, folder: Path, server: str) -> None:
    """Fails what dead workers have left in the folder. Never raises. The steps of other servers are left alone."""
    calls, given_back = asyncio.Semaphore(AT_ONCE), list[Path]()

    async def one(path: Path) -> None:
        async with calls:
            if await _is_given_back(client, path, server):
                given_back.append(path)

    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await asyncio.gather(*map(one, _notes_in(folder)))
    except TimeoutError:
        logger.warning("steps not given back in time")
    if given_back:
        logger.info("steps of a dead worker given back", extra={"steps": len(given_back)})


def _notes_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}"))
    except OSError as error:
        logger.warning("notes of steps cannot be read", extra={"reason": error.strerror})
        return []


async def _is_given_back(client: Client, path: Path, server: str) -> bool:
    """Whether Temporal begins the step again because of this."""
    with _let_go(path) as written:
        if written is None:
            return False
        note = Note.read(written)
        if note is None:  # its worker was killed when the step had just begun, or was just over; or it is too old
            _remove(path)
            return False
        return note.server == server and await _fail(client, note, path)


async def _fail(client: Client, note: Note, path: Path) -> bool:
    step = client.get_async_activity_handle(task_token=note.task_token)
    try:
        await step.fail(retryable(DIED, "the worker was killed"), rpc_timeout=PATIENCE)
    except RPCError as error:
        if error.status in _OVER:
            _remove(path)
        else:
            logger.warning("step not given back", extra={"reason": error.status.name})
        return False
    _remove(path)
    return True


@contextmanager
def _let_go(path: Path) -> Iterator[bytes | None]:
    """What the note says, if no process holds it; while the block runs, no other worker looks at it."""
    try:
        file = os.open(path, _READING)
    except OSError:
        yield None
        return
    try:
        yield _read(file) if _is_ours(file) and _is_locked(file) else None
    finally:
        os.close(file)


def _read(file: int) -> bytes:
    """Empty if nothing can come of the note any more."""
    if time.time() - os.fstat(file).st_mtime > WORTHLESS_AFTER.total_seconds():
        return b""
    with suppress(OSError):
        return os.pread(file, _LONGEST_NOTE, 0)
    return b""


def _is_ours(file: int) -> bool:
    """Whether it is a file that a worker of this user has written."""
    status = os.fstat(file)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _remove(path: Path) -> None:
    with suppress(OSError):  # it is found again, and Temporal knows that the attempt is over
        path.unlink()


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
