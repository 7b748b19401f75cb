"""What a program writes, as lines: bounded, whatever it writes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_LINE = 4_000_000  # bytes of one message; a result that the model reads has at most 64 KB
LONGEST_SKIPPED = 256_000_000  # bytes without a line break after which a server is believed to write no lines at all
KEPT = 400  # bytes of each end of a line that is skipped

# Where the id of a JSON-RPC response stands: right at the beginning, or at the very end.
_ID = rb'"id"\s*+:\s*+(\d{1,18}|"[^"\\]{1,100}")'
_AT_BEGINNING = re.compile(rb'\{\s*+(?:"jsonrpc"\s*+:\s*+"2\.0"\s*+,\s*+)?' + _ID)
_AT_END = re.compile(_ID + rb'\s*+(?:,\s*+"jsonrpc"\s*+:\s*+"2\.0"\s*+)?\}\s*+$')


@dataclass(frozen=True)
class SkippedLine:
    """A line that was too long, or that cannot be read: its first and last bytes, and how many it had."""

    beginning: bytes
    end: bytes
    size: int

    @classmethod
    def of(cls, line: bytes) -> SkippedLine:
        return cls(line[:KEPT], line[-KEPT:], len(line))

    @property
    def request_id(self) -> int | str | None:
        """The id of the request that the line answers, as far as its ends tell."""
        found = _AT_BEGINNING.match(self.beginning) or _AT_END.search(self.end)
        if found is None:
            return None
        written = found.group(1).decode("utf-8", errors="replace")
        return written.strip('"') if written.startswith('"') else int(written)


class Lines:
    """Puts pieces of bytes together to lines. Keeps at most `longest` bytes and one piece."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[bytes] = []
        self._beginning = self._end = b""
        self.size = 0  # of the line that is not finished

    def feed(self, data: bytes) -> list[bytes | SkippedLine]:
        """The lines that `data` finishes."""
        *finished, rest = data.split(b"\n")
        lines: list[bytes | SkippedLine] = []
        for piece in finished:
            self._add(piece)
            lines.append(self._line())
            self._begin()
        self._add(rest)
        return lines

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._beginning = (self._beginning + piece[:KEPT])[:KEPT]
        self._end = (self._end + piece[-KEPT:])[-KEPT:]
        if self.size <= self._longest:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def _line(self) -> bytes | SkippedLine:
        if self.size > self._longest:
            return SkippedLine(self._beginning, self._end, self.size)
        return b"".join(self._pieces)
