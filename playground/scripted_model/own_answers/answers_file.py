"""The file with answers of one's own. It is read again when it has changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from playground.scripted_model.own_answers.entries import BadAnswersError, Entry, read_entries

LARGEST_FILE = 256 * 1024  # bytes
logger = logging.getLogger(__name__)


class AnswersFile:
    """`entries` are those of the file as it is now; while it is bad, as it was when it was last good."""

    def __init__(self, path: Path) -> None:
        """Raises BadAnswersError if the file cannot be read or understood."""
        self._path = path
        self._stamp = _stamp(path)
        self._entries: Sequence[Entry] = _read(path)

    @property
    def entries(self) -> Sequence[Entry]:
        if (stamp := _stamp(self._path)) != self._stamp:
            self._stamp = stamp
            try:
                self._entries = _read(self._path)
            except BadAnswersError as error:
                logger.warning("the answers of PLAYGROUND_SCRIPT count as they were", extra={"reason": str(error)})
        return self._entries


def checked(path: Path) -> Path:
    """The path itself. Raises BadAnswersError as above."""
    _read(path)
    return path


def _read(path: Path) -> list[Entry]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadAnswersError(f"{path} has more than {LARGEST_FILE // 1024} kB")
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadAnswersError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadAnswersError(f"{path} is no text in UTF-8") from None
    return read_entries(source, str(path))


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with the file; zeros if it is gone."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
