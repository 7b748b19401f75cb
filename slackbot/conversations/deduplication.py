"""What Temporal has stored, as far as this process remembers: what Slack tells twice is not handed over twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

REMEMBERED = 10_000


class Once:
    def __init__(self) -> None:
        self._begun: OrderedDict[Hashable, asyncio.Future[None]] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        """Whether it is under way, or done."""
        return key in self._begun

    async def do(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does the work, unless it was done; raises what it raised, and then the next caller may try again.

        Whoever comes while it is under way waits for its end. It goes on when its first caller is given up.
        """
        begun = self._begun.get(key)
        if begun is not None:
            await asyncio.shield(begun)
            return
        working = asyncio.ensure_future(work())
        self._begun[key] = working
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        try:
            await asyncio.shield(working)
        except BaseException:
            self._begun.pop(key, None)
            raise

    def is_done(self, key: Hashable) -> bool:
        begun = self._begun.get(key)
        return begun is not None and begun.done() and not begun.cancelled() and begun.exception() is None

    async def settled(self, key: Hashable) -> None:
        """Returns when it is not under way, however it ended."""
        if begun := self._begun.get(key):
            await asyncio.wait([begun])
