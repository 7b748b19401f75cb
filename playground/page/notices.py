"""Notices for whoever writes tools and agents, beside the conversation: what was restarted, and what failed where.

Nothing of it is in the emulated Slack: people see it in the page alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Literal

Kind = Literal["restarted", "not_started", "failed", "refused"]
MOST_KEPT = 12


@dataclass(frozen=True)
class Notice:
    """One notice. "restarted" is news, and the page shows it for a moment; all others stand until they are settled.

    `detail` may have several lines; `place` is a file with a line, `code` what stands there. A notice about a
    conversation has its `channel` and `thread_ts`. `times` counts how often the same has happened.
    """

    number: int
    kind: Kind
    title: str
    detail: str = ""
    place: str = ""
    code: str = ""
    channel: str = ""
    thread_ts: str = ""
    times: int = 1


class Notices:
    """At most MOST_KEPT, the newest. `changed` is called after each change."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._changed = changed
        self._numbers = count(1)
        self._kept: dict[str, Notice] = {}

    @property
    def shown(self) -> list[Notice]:
        """Oldest first."""
        return list(self._kept.values())

    def put(
        self,
        key: str,
        kind: Kind,
        title: str,
        *,
        detail: str = "",
        place: str = "",
        code: str = "",
        thread: tuple[str, str] = ("", ""),
    ) -> None:
        """Adds a notice, or counts one more of the same if there is one with this key; `thread`: channel and ts."""
        before = self._kept.pop(key, None)
        number = before.number if before else next(self._numbers)
        times = before.times + 1 if before else 1
        self._kept[key] = Notice(number, kind, title, detail, place, code, *thread, times)
        for oldest in list(self._kept)[:-MOST_KEPT]:
            del self._kept[oldest]
        self._changed()

    def drop(self, key: str) -> None:
        """Takes a notice away; does nothing if there is none."""
        if self._kept.pop(key, None):
            self._changed()

    def dismiss(self, number: int) -> None:
        """Takes away what somebody has read."""
        for key in [key for key, notice in self._kept.items() if notice.number == number]:
            self.drop(key)

    def settle(self, files: Iterable[str]) -> None:
        """Takes away the failures in files that have changed since: whether they are mended, the next run will tell."""
        changed = set(files)
        for key, notice in list(self._kept.items()):
            if notice.kind == "failed" and notice.place.partition(":")[0] in changed:
                self.drop(key)
