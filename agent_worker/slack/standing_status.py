"""Which status line stands in a thread, as far as this process knows: Slack tells nobody, and takes it away itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache

from agent_worker.contract.messages import Thread

REMEMBERED = 10_000  # threads; in one that is forgotten the status is set once more


@dataclass(frozen=True, eq=False)
class Standing:
    """A status that was shown for a turn (its key, "" if nobody knows). `since` is a time of the clock, in seconds."""

    turn: str
    text: str
    since: float


class StandingStatuses:
    """Slack takes a status away when the app posts or streams in the thread. So whatever does that tells it here.

    Another worker may do so, too. Then this process is wrong until the turn is over or the status is due again; nobody
    but the reader of a status line depends on it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._being_set: LRUCache[tuple[str, str], Standing] = LRUCache(REMEMBERED)
        self._standing: LRUCache[tuple[str, str], Standing] = LRUCache(REMEMBERED)

    def being_set(self, thread: Thread, turn: str, text: str) -> Standing:
        """To be called before Slack is; what it returns goes to `was_set`."""
        status = self._being_set[_key(thread)] = Standing(turn, text, self._clock())
        return status

    def was_set(self, thread: Thread, status: Standing) -> None:
        """Slack shows the status: it stands, unless something that takes it away was under way at the same time."""
        if self._being_set.get(_key(thread)) is status:
            self._standing[_key(thread)] = status

    def is_gone(self, thread: Thread) -> None:
        """The app has posted in the thread, or may have."""
        self._being_set.pop(_key(thread), None)
        self._standing.pop(_key(thread), None)

    def of(self, thread: Thread) -> Standing | None:
        return self._standing.get(_key(thread))

    def age(self, status: Standing) -> float:
        """In seconds."""
        return self._clock() - status.since


def _key(thread: Thread) -> tuple[str, str]:
    return thread.channel, thread.thread_ts
