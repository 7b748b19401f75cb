"""Waiting for something to come true in the workspace, and what to say when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from emulators.slack.web_api.backend import Backend
from emulators.slack.web_api.web_api import ApiCall

RECHECK_SECONDS = 0.05
SHOWN_CALLS = 40

Value = TypeVar("Value")


class NotReachedError(AssertionError):
    """The condition did not come true in time; the text shows the threads, deliveries and calls as they are."""


async def until(backend: Backend, calls: Sequence[ApiCall], condition: Callable[[], Value], seconds: float) -> Value:
    """The first true value of the condition, which is tried at each change and every 50 ms of real time."""
    now = asyncio.get_running_loop().time
    deadline = now() + seconds
    while True:
        value = condition()
        if value:
            return value
        if now() >= deadline:
            raise NotReachedError(f"not true within {seconds} s\n{_picture(backend, calls)}")
        await backend.changes.wait(min(RECHECK_SECONDS, max(0.001, deadline - now())))


def _picture(backend: Backend, calls: Sequence[ApiCall]) -> str:
    lines = [f"connections: {backend.sockets.connections}"]
    for channel in backend.workspace.channels.values():
        lines.append(f"{channel.name} ({channel.id})")
        for message in channel.messages.values():
            author = backend.workspace.users.get(message.user)
            indent = "      " if message.thread_ts else "  "
            name = author.name if author else message.user
            lines.append(f"{indent}{message.ts} {name}: {backend.reader.message(message)!r}")
    lines.append("deliveries:")
    lines += [f"  {delivery}" for delivery in backend.deliveries.snapshots()]
    lines.append(f"calls (the last {SHOWN_CALLS}):")
    lines += [f"  {call.time:.3f} {call.method} {call.outcome} {call.arguments}" for call in calls[-SHOWN_CALLS:]]
    return "\n".join(lines)
