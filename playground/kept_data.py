"""What an earlier run has kept and this one cannot read: it stays as it is, and a sentence says how to begin anew."""

from __future__ import annotations

import shlex
from pathlib import Path

_SQLITE = b"SQLite format 3\x00"  # how every database of SQLite begins


class UnreadableError(RuntimeError):
    """A file cannot be read. The text says which and why, that nothing was changed, and what can be done."""

    def __init__(self, file: Path, reason: str, *, moved: str) -> None:
        """`moved` names what has to be moved away to begin anew, as a shell's pattern in the file's folder."""
        folder = file.absolute().parent
        aside = folder.with_name(f"{folder.name}-set-aside")
        moving = f"mkdir {shlex.quote(str(aside))} && mv {shlex.quote(str(folder))}/{moved} {shlex.quote(str(aside))}"
        super().__init__(
            f"{file.absolute()} {reason}. It is left as it is. To begin without it, move it away:\n    {moving}"
        )


def check_database(file: Path) -> None:
    """Raises UnreadableError if the file of Temporal's server is none; one that is missing or empty is made anew."""
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_SQLITE))
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable_database(file, f"cannot be read ({error.strerror})") from error
    if start and start != _SQLITE:
        raise unreadable_database(file, "is damaged: it does not begin as a database does")


def unreadable_database(file: Path, reason: str) -> UnreadableError:
    """About the conversations, as Temporal has stored them. Two more files belong to the database."""
    return UnreadableError(file, f"{reason}; it holds the conversations", moved=f"{file.name}*")
