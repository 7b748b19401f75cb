"""Lines of which each holds the hash of the one before, so that a change anywhere shows. Pure.

A line is a JSON object. Its `previous` is the SHA-256 (hex) of the whole line before it, 64 zeros in the first one. Its
`hash`, always the last field, is the SHA-256 of the line as it is without that field.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64
SUMMARY = "summary"  # the field that only the last line has
NO_LINE = "this is no line of an export"
CHANGED = "this line was changed"
NOT_NEXT = "this line does not follow on the one before: a line was changed, added, moved or taken out"
CUT_OFF = "the last line is no summary: lines are missing at the end"
AFTER_THE_END = "the line after this one should not be there: the summary is the last one"
_ENDS = re.compile(r',"hash":"([0-9a-f]{64})"\}\Z')


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def chained(objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of these objects; the last one should be the summary."""
    previous = FIRST
    for one in objects:
        body = json.dumps({"previous": previous, **one}, separators=(",", ":"))
        line = f'{body[:-1]},"hash":"{sha256(body)}"}}'
        yield line
        previous = sha256(line)


@dataclass(frozen=True)
class Checked:
    """`broken` says what is wrong with line number `lines`; "" if all so many lines are whole."""

    lines: int
    broken: str = ""
    hash: str = ""  # of the last line


def checked(text: str) -> Checked:
    """Names the first line that is not as it was written."""
    previous, fields = FIRST, {}
    lines = text.removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        if SUMMARY in fields:
            return Checked(number - 1, AFTER_THE_END)
        fields = _fields(line)
        if broken := _problem(line, fields, previous):
            return Checked(number, broken)
        previous = sha256(line)
    return Checked(len(lines), "" if SUMMARY in fields else CUT_OFF, str(fields.get("hash", "")))


def _problem(line: str, fields: Mapping[str, Any], previous: str) -> str:
    ends = _ENDS.search(line)
    if not fields or ends is None:
        return NO_LINE
    if sha256(line[: ends.start()] + "}") != ends[1]:
        return CHANGED
    return "" if fields.get("previous") == previous else NOT_NEXT


def _fields(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
