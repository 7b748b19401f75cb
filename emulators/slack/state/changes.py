"""The numbered log of everything that people could see change, and the way to wait for the next change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One visible change. `kind`: message, message_changed, message_deleted, ephemeral or status.

    `text` is what people read, `author` a user id, and `time` in seconds since 1970.
    """

    number: int
    time: float
    kind: str
    channel: str
    ts: str
    thread_ts: str
    text: str
    author: str
    from_app: bool
    is_growing: bool  # a streamed message that is not finished
    to: str = ""  # the only person who sees it; "" for everybody


class ChangeLog:
    """Changes in the order in which they happened, numbered from 1."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._forgotten = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    def add(
        self,
        kind: str,
        *,
        time: float,
        channel: str,
        ts: str = "",
        thread_ts: str = "",
        text: str = "",
        author: str = "",
        from_app: bool = False,
        is_growing: bool = False,
        to: str = "",
    ) -> None:
        """Note a change, and wake those who wait for one."""
        number = self.last_number + 1
        self._changes.append(Change(number, time, kind, channel, ts, thread_ts, text, author, from_app, is_growing, to))
        self.nudge()

    def after(self, number: int) -> list[Change]:
        """The changes with a higher number."""
        return self._changes[max(number - self._forgotten, 0) :]

    @property
    def last_number(self) -> int:
        return self._forgotten + len(self._changes)

    def forget(self, keep: int) -> None:
        """Drop all but the newest `keep` changes. The numbers go on."""
        spare = max(0, len(self._changes) - keep)
        del self._changes[:spare]
        self._forgotten += spare

    def nudge(self) -> None:
        """Wake those who wait, also for what people do not see: a call, an acknowledgement, a connection."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def close(self) -> None:
        """Tell those who wait that nothing more will change."""
        self.closed = True
        self.nudge()

    async def wait(self, seconds: float) -> None:
        """Return at the next nudge, or after `seconds` of real time."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)
