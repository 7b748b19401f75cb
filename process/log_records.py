"""What of a log record may be written: text that stands in the code, and the facts that our own code adds.

Libraries put what people say, and tokens, into their messages, and exceptions quote what they were given. So a text is
written only if it is a literal of the code that is running. Everything else of a record is names, numbers and places:
a fact that our code adds with `extra` is a number, one word such as an id or a code, or `Translated`.
"""

from __future__ import annotations

import copy
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

LEFT_OUT = "(text left out)"  # stands where a text is not a literal of the code
# Loggers whose facts are written: they are ours. Through the last two, our code logs in workflows and activities.
_OURS = frozenset(
    {"root", "agent_worker", "slackbot", "process", "text", "emulators", "playground", "evaluations", "benchmarks"}
)
_OURS_IN_TEMPORAL = ("temporalio.workflow", "temporalio.activity")
# What Temporal's Rust core says most often. It logs from no Python code, so its literals have to be named here.
_OF_THE_CORE = frozenset(
    {
        "Failing workflow task",
        "Error while completing workflow activation",
        "Error while polling for workflow tasks",
        "Network error while completing activity",
        "Network error while sending worker heartbeat",
    }
)
_SEE_NO_CONVERSATION = "process"  # its facts may hold spaces: what Temporal says of a connection, for example
_WORD = re.compile(r"\S{1,200}")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MOST_GROUPED = 5  # exceptions of a group that are written


class Translated(str):
    """A fact of several words that may be written: an adapter has made it of words that a service defines."""


def safe(record: logging.LogRecord) -> logging.LogRecord:
    """A copy of the record that may be written. To be called while the code that logs is still running.

    The copy has no arguments and no exception: `exc_text` says which exceptions there were, and where.
    """
    copied = copy.copy(record)
    for name in _facts_of(record):
        if not _is_ours(record, name):
            delattr(copied, name)
        elif not _is_plain(record, getattr(record, name)):
            setattr(copied, name, LEFT_OUT)
    copied.msg, copied.args = _message(record), None
    error = record.exc_info[1] if record.exc_info else None
    copied.exc_info, copied.exc_text = None, "\n".join(_story(error)) if error else None
    return copied


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What was added to a record with `extra`."""
    return {name: getattr(record, name) for name in _facts_of(record)}


def _facts_of(record: logging.LogRecord) -> list[str]:
    return [name for name in vars(record) if name not in _STANDARD]


def _is_ours(record: logging.LogRecord, name: str) -> bool:
    """Whether our own code has added the fact. Temporal adds objects, and names that begin with "__"."""
    is_ours = record.name.partition(".")[0] in _OURS or record.name in _OURS_IN_TEMPORAL
    return is_ours and not name.startswith(("_", "temporal_"))


def _is_plain(record: logging.LogRecord, value: object) -> bool:
    """Whether a fact is a number, one word or translated. What people say rarely is, and no fact may be it."""
    if isinstance(value, Translated):
        return True
    if isinstance(value, str):
        return bool(_WORD.fullmatch(value)) or record.name.partition(".")[0] == _SEE_NO_CONVERSATION
    return isinstance(value, int | float | None)


def _message(record: logging.LogRecord) -> str:
    """The message without its arguments (`%s` stays `%s`), or LEFT_OUT."""
    if record.msg in _OF_THE_CORE or (isinstance(record.msg, str) and _stands_in(record.msg, _running())):
        return str(record.msg)
    return LEFT_OUT


def _running() -> Iterator[CodeType]:
    """The code of the functions that are running, from the innermost to the outermost, without this module's."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  there is no other way to it
    while frame is not None:
        if frame.f_code.co_filename != __file__:
            yield frame.f_code
        frame = frame.f_back


def _stands_in(text: str, codes: Iterator[CodeType]) -> bool:
    """Whether the text is a literal of one of the functions."""
    return any(isinstance(literal, str) and literal == text for code in codes for literal in code.co_consts)


def _story(error: BaseException) -> list[str]:
    """The exception, and before it those that led to it: their places and types, and texts that are literals."""
    lines: list[str] = []
    told: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in told:
        told.add(id(current))
        lines = [*_told(current), *lines]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _told(error: BaseException) -> list[str]:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    literal = _literal(error)
    lines = [*_places(error.__traceback__), f"{kind}: {literal}" if literal else kind]
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions[:_MOST_GROUPED]:
            lines += [f"    {line}" for line in _story(one)]
    return lines


def _places(trace: TracebackType | None) -> list[str]:
    """Where the exception came through: files, lines and functions. A line of code is written as it stands there."""
    lines = [line.rstrip("\n") for line in traceback.format_tb(trace)]
    return ["Traceback (most recent call last):", *lines] if lines else []


def _literal(error: BaseException) -> str:
    """The exception's text if it is a literal of the function that raised it; else ""."""
    text = error.args[0] if len(error.args) == 1 else None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not isinstance(text, str):
        return ""
    return text if _stands_in(text, iter([trace.tb_frame.f_code])) else ""
