"""The files that one sends from a terminal."""

from __future__ import annotations

import shlex
from io import StringIO
from pathlib import Path

from emulators.slack.control_api.client import RefusedError

MOST_BYTES = 5 * 1024 * 1024


def file_and_text(words: str) -> tuple[str, str]:
    """`PATH TEXT`: a path, in quotes if it has spaces, and what is said with it.

    Raises RefusedError with a sentence if there is no path.
    """
    stream = StringIO(words)
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        name = lexer.get_token()
    except ValueError as error:
        raise RefusedError("a quotation mark is missing: /file PATH TEXT") from error
    if not name:
        raise RefusedError("/file PATH TEXT sends a file, with or without a text")
    return name, stream.read().strip()


def read_file(name: str) -> bytes:
    """The content. `~` is the person's home. Raises RefusedError with a sentence if it cannot be sent."""
    path = Path(name).expanduser()
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise RefusedError(f"{name} is too large: {MOST_BYTES // 1024 // 1024} MB can be sent")
        content = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{name} cannot be read ({error.strerror})") from error
    if not content:
        raise RefusedError(f"{name} is empty")
    return content
