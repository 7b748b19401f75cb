"""Work that is given up when something happens meanwhile, and that has ended before anything else begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from temporalio import workflow

Result = TypeVar("Result")


class InterruptedWork(Exception):  # noqa: N818  it names what happened to the work
    """The work was given up and has ended."""


async def unless(interrupted: Callable[[], bool], work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`. Raises InterruptedWork if `interrupted()` becomes true before the work is done.

    When this returns or raises, also when it is cancelled itself, `work` has ended.
    """
    if interrupted():
        work.close()
        raise InterruptedWork
    task = asyncio.create_task(work)
    try:
        await workflow.wait_condition(lambda: task.done() or interrupted())
    except asyncio.CancelledError:
        await _ended(task)
        raise
    if task.done():
        return await task
    await _ended(task)
    raise InterruptedWork


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
