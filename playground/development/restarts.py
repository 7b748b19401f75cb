"""Which process starts again when a file has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playground.development.changes import Changes
from playground.development.watched_files import WatchedFiles
from playground.page.notices import Notices
from playground.processes import ROOT

LOOKS_EVERY = 0.3  # seconds
LOOKS_AGAIN_AFTER = 0.1  # seconds; while somebody writes


class Restartable(Protocol):
    async def restart(self, reason: str) -> None:
        """Starts the process anew; `reason` is a clause such as "tool.py has changed"."""


def _none() -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Watched:
    """A file or a folder, and the names of the processes that run what is in it.

    `problems` says what is wrong there now. As long as it says anything, nothing is restarted for what changes there:
    for files of which the running process keeps the last good ones.
    """

    path: Path
    processes: frozenset[str]
    problems: Callable[[], Sequence[str]] = _none


class Restarts:
    """Looks when it is made, for the first time: what changes after that has not been read yet by any process."""

    def __init__(self, watched: Sequence[Watched], processes: Mapping[str, Restartable], notices: Notices) -> None:
        self._watched = watched
        self._processes = processes
        self._notices = notices
        self._changes = Changes(WatchedFiles([one.path for one in watched]).look)

    async def keep_watching(self) -> None:
        """Restarts what has to be restarted, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOKS_AGAIN_AFTER if self._changes.is_being_written else LOOKS_EVERY)
            changed = await asyncio.to_thread(self._changes.told)
            if changed:
                await self.take_over(changed)

    async def take_over(self, changed: Sequence[Path]) -> None:
        """Restarts the processes that run any of these files; returns when the old ones have ended."""
        self._notices.settle(map(shown, changed))
        files: dict[str, list[Path]] = {}  # by process
        for one in self._watched:
            within = [path for path in changed if path.is_relative_to(one.path)]
            for name in one.processes if within and self._is_good(one) else ():
                files.setdefault(name, []).extend(within)
        await asyncio.gather(
            *(self._processes[name].restart(reason(paths)) for name, paths in files.items() if name in self._processes)
        )

    def _is_good(self, one: Watched) -> bool:
        """Tells people if it is not."""
        key, problems = f"refused {one.path}", one.problems()
        if not problems:
            self._notices.drop(key)
            return True
        title = f"{shown(one.path)}: the last good files stay in use until this is mended."
        self._notices.put(key, "refused", title, detail="\n".join(problems))
        return False


def reason(paths: Iterable[Path]) -> str:
    """Why something is restarted, as a clause."""
    names = sorted(set(map(shown, paths)))
    if len(names) == 1:
        return f"{names[0]} has changed"
    others = f"{len(names) - 1} other file{'s' if len(names) > 2 else ''}"
    return f"{names[0]} and {others} have changed"


def shown(path: Path) -> str:
    """The path as people know it: from the project's folder, or from the one in which they are."""
    absolute = path.absolute()
    around = [folder for folder in (ROOT, Path.cwd()) if absolute.is_relative_to(folder)]
    name = absolute.relative_to(around[0]) if around else absolute
    return str(name).encode(errors="replace").decode()  # a name need not be text
