"""When a save is complete: which files have changed once nobody writes any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playground.development.watched_files import Contents

LONGEST_WRITING = 1.5  # seconds; then what has changed by now is told, although somebody still writes


class Changes:
    """`look` tells the files as they are now, `clock` gives seconds and never goes back."""

    def __init__(self, look: Callable[[], Contents], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._known = look()
        self._last = self._known
        self._began: float | None = None  # when the first of the changes was seen that are not told yet

    @property
    def is_being_written(self) -> bool:
        """Whether a change was seen that is not told yet: then the next look should come soon."""
        return self._began is not None

    def told(self) -> list[Path]:
        """Looks once. Returns the files that have changed, come or gone; each change once, those of one save together.

        A change is told when two looks in a row have found the same. What is then as it was before is no change.
        """
        now, last = self._look(), self._last
        self._last = now
        if now == self._known:
            self._began = None
            return []
        if self._began is None:
            self._began = self._clock()
        if now != last and self._clock() - self._began < LONGEST_WRITING:
            return []
        changed = [path for path in now.keys() | self._known.keys() if now.get(path) != self._known.get(path)]
        self._known, self._began = now, None
        return sorted(map(Path, changed))
