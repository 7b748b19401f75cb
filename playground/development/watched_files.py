"""The files that are watched, and what is in them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST_READ = 2_000_000  # bytes; a larger file counts as changed when it is written, whatever is in it
Contents = Mapping[str, str]  # a digest of what is in each file, by its path
# What editors and programs leave beside the files that people write.
_IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules"})
_IGNORED_FILES = re.compile(
    r"""
    \..* | \#.*\# | .*~ | \d+            # hidden, Emacs, backups, Vim's trial whether it can write here
    | .*___jb_(tmp|old)___               # JetBrains
    | .*\.(pyc|pyo|sw[a-z]|tmp|temp|bak|orig|rej|part|log|db|sqlite3?|lock)
    | .*-(journal|wal|shm)               # beside a database
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class _Read:
    stamp: tuple[int, ...]
    digest: str


class WatchedFiles:
    """`roots` are folders, watched with all that is in them, and single files. Any of them may be missing.

    Paths are texts here: hundreds of them are looked at several times a second.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = [str(root) for root in roots]
        self._read: dict[str, _Read] = {}

    def look(self) -> Contents:
        """The files as they are now. A file is read again only if it was written since the last look."""
        paths = {path for root in self._roots for path in (_files_in(root) if os.path.isdir(root) else [root])}
        self._read = {path: one for path in paths if (one := self._look_at(path)) is not None}
        return {path: one.digest for path, one in self._read.items()}

    def _look_at(self, path: str) -> _Read | None:
        """None if there is no such file, or not any more."""
        try:
            told = os.stat(path)
            stamp = (told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino)
            before = self._read.get(path)
            if before is not None and before.stamp == stamp:
                return before
            if told.st_size > LARGEST_READ:
                return _Read(stamp, str(stamp))
            with open(path, "rb") as file:
                return _Read(stamp, hashlib.sha256(file.read()).hexdigest())
        except OSError:
            return None


def _files_in(folder: str) -> Iterator[str]:
    """The files in a folder and in those below it. Links to other folders are not followed."""
    try:
        entries = list(os.scandir(folder))
    except OSError:  # it is gone
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not (entry.name in _IGNORED_FOLDERS or entry.name.startswith(".")):
                yield from _files_in(entry.path)
        elif not _IGNORED_FILES.fullmatch(entry.name):
            yield entry.path
