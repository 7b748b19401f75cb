"""An exception that nobody has foreseen: what failed in the worker or the bot, and where in the project's own code."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from agent_worker.toolbox.tool import ToolFunction
from playground.processes import ROOT
from text.lines import one_line

MARK = "\x1e"  # begins a line that is a report; no log line begins so
LONGEST_ERROR, LONGEST_CODE = 400, 160  # characters; a pipe takes 4 KB in one piece
TOOLS = Path("agent_worker", "tools")
_NAMED = re.compile(r"([\w./-]+\.py)(?::(\d+))?")  # as in messages about a badly written tool
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')  # as in a traceback


@dataclass(frozen=True)
class Place:
    """A line of the project's code. `file` is relative to the project's folder; `line` 0 stands for the whole file."""

    file: str = ""
    line: int = 0
    code: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Failure:
    """`what` failed, in words; "" is the process itself. `error` is the exception with its text, in one line.

    One that `goes_on` has not failed yet: it takes so long that whoever has written it should know where.
    """

    what: str
    error: str
    place: Place
    workflow_id: str = ""
    goes_on: bool = False

    def report(self) -> str:
        """One line for whoever has started the process."""
        return MARK + json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_report(cls, line: str) -> Failure | None:
        """None if the line is no report."""
        if not line.startswith(MARK):
            return None
        told = json.loads(line.removeprefix(MARK))
        return cls(**{**told, "place": Place(**told["place"])})

    @classmethod
    def of_record(cls, record: logging.LogRecord) -> Failure | None:
        """The failure that a log record tells of; None if it has no exception."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return None
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        tool = getattr(record, "activity", "") or getattr(record, "tool", "")
        return cls(_what(record), _words(error), _place(error, tool), getattr(record, "workflow_id", ""))

    @classmethod
    def of_import(cls, frame: FrameType | None) -> Failure | None:
        """What a thread is at, if it still imports a tool: an endless loop there ends nothing, and says nothing."""
        frames = [one for one in traceback.extract_stack(frame) if Path(_own(one.filename)).is_relative_to(TOOLS)]
        if not any(one.name == "<module>" for one in frames):
            return None
        last = frames[-1]
        place = Place(_own(last.filename), last.lineno or 0, _code(last.line))
        return cls("", f"It has not come to the end of {Path(frames[0].filename).name} yet.", place, goes_on=True)

    @classmethod
    def of_log(cls, lines: Sequence[str]) -> Failure:
        """What the end of a log tells of a process that could not even report what has failed."""
        last = next((line for line in reversed(lines) if line.strip()), "It says nothing.")
        frames = [found for line in lines if (found := _FRAME.search(line)) and _own(found[1])]
        place = Place(_own(frames[-1][1]), int(frames[-1][2])) if frames else Place()
        return cls("", one_line(last, LONGEST_ERROR), place)


def _what(record: logging.LogRecord) -> str:
    if activity := getattr(record, "activity", ""):
        return f"{activity} failed"
    if record.name.startswith("temporalio"):
        return "The code of the workflow failed"
    if record.name == "process":
        return ""
    tool = getattr(record, "tool", "")
    return f"{tool}: {record.msg}" if tool else str(record.msg)


def _words(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    kind = type(error).__name__
    return one_line(f"{kind}: {said}" if said else kind, LONGEST_ERROR)


def _place(error: BaseException, tool: str) -> Place:
    """Where the author of a tool has to look: in the tool, and elsewhere only if the tool has no part in it."""
    if isinstance(error, SyntaxError) and error.filename and _own(error.filename):
        return Place(_own(error.filename), error.lineno or 0, _code(error.text))
    frames = [
        Place(_own(frame.filename), frame.lineno or 0, _code(frame.line))
        for frame in traceback.extract_tb(error.__traceback__)
        if _own(frame.filename)
    ]
    in_tools = [frame for frame in frames if Path(frame.file).is_relative_to(TOOLS)]
    others = (_named(str(error)), _defined(tool), *frames[-1:])
    return in_tools[-1] if in_tools else next((place for place in others if place is not None), Place())


def _named(text: str) -> Place | None:
    """The place of a tool that a text names, as the checks of a tool's definition do."""
    for name, line in _NAMED.findall(text):
        file = _own(str(ROOT / TOOLS / name))  # an absolute name stays as it is
        if file and (ROOT / file).is_file():
            return Place(file, int(line or 0))
    return None


def _defined(tool: str) -> Place | None:
    """Where a tool is defined: what it returns may be wrong without any line of it having failed."""
    for name, module in list(sys.modules.items()):
        written = getattr(module, tool, None) if tool and name.startswith("agent_worker.tools.") else None
        if isinstance(written, ToolFunction):
            code = getattr(written.function, "__code__", None)
            return Place(_own(code.co_filename), code.co_firstlineno) if code else None
    return None


def _own(file: str) -> str:
    """The path of a file of the project, relative to its folder; "" for a file that is not the project's own."""
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return ""
    relative = path.relative_to(ROOT)
    is_installed = relative.parts[0].startswith(".") or "site-packages" in relative.parts
    return "" if is_installed else str(relative)


def _code(line: str | None) -> str:
    return one_line(line or "", LONGEST_CODE)
