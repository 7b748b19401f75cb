"""The steps that a dead worker has left on this machine: whoever starts next gives them back to Temporal.

Temporal then begins them again at once, instead of waiting for the end of their heartbeats. The notes of `held_steps`
name them, and only what no living process holds is given back.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.payloads.errors import DIED, retryable
from agent_worker.recovery.held_steps import SUFFIX, Note

PATIENCE = timedelta(seconds=5)  # for one call; the heartbeats' deadline is not far either
_LONGEST_NOTE = 100_000  # bytes; one has less than a thousand
logger = logging.getLogger(__name__)


async def give_back(client: Client, folder: Path, server: str) -> None:
    """Fails what dead workers have left in the folder. Never raises. The steps of other servers are left alone."""
    given_back = await asyncio.gather(*(_give_back(client, path, server) for path in _notes_in(folder)))
    if any(given_back):
        logger.info("steps of a dead worker given back", extra={"steps": sum(given_back)})


def _notes_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}"))
    except OSError as error:
        logger.warning("notes of steps cannot be read", extra={"reason": error.strerror})
        return []


async def _give_back(client: Client, path: Path, server: str) -> bool:
    """Whether Temporal begins the step again because of this."""
    with _let_go(path) as written:
        if written is None:
            return False
        note = Note.read(written)
        if note is None:  # its worker was killed when the step had just begun, or was just over
            _remove(path)
            return False
        return note.server == server and await _fail(client, note, path)


async def _fail(client: Client, note: Note, path: Path) -> bool:
    step = client.get_async_activity_handle(task_token=note.task_token)
    try:
        await step.fail(retryable(DIED, "the worker was killed"), rpc_timeout=PATIENCE)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:  # it had ended, or another worker has the next attempt
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
        file = os.open(path, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        yield os.pread(file, _LONGEST_NOTE, 0) if _is_locked(file) else None
    finally:
        os.close(file)


def _remove(path: Path) -> None:
    with suppress(OSError):  # it is found again, and Temporal knows that the attempt is over
        path.unlink()


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
