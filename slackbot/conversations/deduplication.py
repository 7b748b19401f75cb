"""Work that is done once for each key, although Slack sends the same event or click more than once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any

from cachetools import LRUCache

REMEMBERED = 10_000  # keys whose work is done; of those under way none is forgotten


class Deduplicator:
    """Remembers which work is under way, and which the process has done. A restart forgets all of it."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[None]] = {}
        self._done: LRUCache[Hashable, None] = LRUCache(REMEMBERED)

    def __contains__(self, key: Hashable) -> bool:
        """Whether the work is under way or done."""
        return key in self._under_way or key in self._done

    def is_done(self, key: Hashable) -> bool:
        return key in self._done

    async def do(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does the work, or waits for it if it is under way; returns at once if it is done.

        Raises what the work raised; the next caller may then try again. The work goes on if its callers are cancelled.
        """
        if key in self._done:
            return
        if key not in self._under_way:
            working = asyncio.ensure_future(work())
            working.add_done_callback(partial(self._finish, key))
            self._under_way[key] = working
        await asyncio.shield(self._under_way[key])

    async def settled(self, key: Hashable) -> None:
        """Returns once the work is not under way, whether it succeeded or not."""
        if working := self._under_way.get(key):
            await asyncio.wait([working])

    def _finish(self, key: Hashable, working: asyncio.Future[None]) -> None:
        del self._under_way[key]
        if not working.cancelled() and working.exception() is None:
            self._done[key] = None
