"""The lines that a person says in the chat: typed at a terminal, or from a pipe or a file."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import TextIO

from playground.chat.chat import Chat
from text.characters import for_terminal


async def type_lines(chat: Chat, source: TextIO) -> None:
    """At a terminal: say each line that is typed, and show every change meanwhile. Returns when the person leaves."""
    watching = asyncio.create_task(chat.watch())
    typing = asyncio.create_task(_take_all(chat, source))
    done, pending = await asyncio.wait({watching, typing}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def say_lines(chat: Chat, source: TextIO, output: TextIO, *, seconds: float, quiet_seconds: float) -> bool:
    """From a pipe: say each line and wait for its answer. Returns False if an answer takes longer than `seconds`."""
    async for line in _lines_of(source):
        print(for_terminal(f"> {line}"), file=output, flush=True)
        if not await chat.take(line):
            return True
        if not await chat.wait_for_answer(seconds, quiet_seconds):
            print(f"No complete answer within {seconds:g} s.", file=output, flush=True)
            return False
    return True


async def _take_all(chat: Chat, source: TextIO) -> None:
    async for line in _lines_of(source):
        if not await chat.take(line):
            return


async def _lines_of(source: TextIO) -> AsyncIterator[str]:
    """The lines of a terminal, a pipe or a file. A thread reads them, so that the event loop does not wait."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the chat has ended and its event loop is closed
            while line := source.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    # A daemon thread does not keep the process alive: nothing can interrupt a thread that waits for a key.
    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line.rstrip("\n")
