"""One checked tool: what the model is told of it, and how one call of it is shown and run."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from inspect import cleandoc, signature
from typing import Any

import httpx

from agent_worker.payloads.storage_limits import writable
from agent_worker.toolbox.signature import ArgumentsError, Signature, place, read_signature
from agent_worker.toolbox.tool import ToolFunction, ToolSettings
from text.lines import one_line

LONGEST_TITLE = 120  # characters; a title is one line of a Slack message
LOCAL_ANSWER = timedelta(seconds=10)  # an unknown tool and arguments that do not fit are answered without any request

_GEMINI_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToolPolicy:
    """How one call is shown and run: its title, the time for one attempt, and how many attempts it gets.

    `unknown_if_lost`: of an attempt that ends without a word, nobody knows whether it has done anything.
    """

    title: str
    timeout: timedelta
    attempts: int
    unknown_if_lost: bool = False


@dataclass(frozen=True)
class Tool:
    """A tool that has been checked; `parameters` is the JSON Schema of its arguments, None if it takes none."""

    name: str
    description: str
    summary: str
    parameters: dict[str, Any] | None
    timeout: timedelta
    attempts: int
    signature: Signature
    function: Callable[..., Awaitable[Any]]
    titled: str | Callable[..., str]

    @classmethod
    def define(cls, written: ToolFunction[Any]) -> Tool:
        """Checks what the author wrote; raises TypeError that names file, function and parameter."""
        read = read_signature(written.function)
        where = place(written.function)
        name = read.function_name
        if not _GEMINI_NAME.fullmatch(name):
            raise TypeError(f"{where}: Gemini does not take {name[:40]!r} as a name")
        description = cleandoc(written.function.__doc__ or "")
        if not description:
            raise TypeError(f"{where} has no docstring, and the model would not know what it is for")
        if written.attempts < 1 or written.timeout <= timedelta():
            raise TypeError(f"{where}: attempts and timeout must be positive")
        _check_given(read, where)
        _check_title(written.title, read, where)
        return cls(
            name=name,
            description=description,
            summary=title_line(written.summary),
            parameters=read.schema(),
            timeout=written.timeout,
            attempts=written.attempts,
            signature=read,
            function=written.function,
            titled=written.title,
        )

    def declaration(self) -> dict[str, Any]:
        """What the model is told, as plain JSON."""
        declared: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.parameters is not None:
            declared["parametersJsonSchema"] = self.parameters
        return declared

    def policy(self, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run a call with these arguments; never raises, even for arguments that the model invented."""
        try:
            return ToolPolicy(self._title(self.signature.fit(args)), self.timeout, self.attempts)
        except ArgumentsError:
            return ToolPolicy(self.name, LOCAL_ANSWER, attempts=1)
        except Exception:
            _logger.exception("tool title failed", extra={"tool": self.name})
            return ToolPolicy(self.name, self.timeout, self.attempts)

    def _title(self, arguments: Mapping[str, Any]) -> str:
        """One line for people that names a call with these checked arguments."""
        if isinstance(self.titled, str):
            return title_line(self.titled)
        wanted = signature(self.titled).parameters
        return title_line(self.titled(**{name: arguments[name] for name in wanted}))


def title_line(text: object) -> str:
    """`text` as one line of at most LONGEST_TITLE characters that Slack and Temporal can store."""
    return one_line(writable(str(text)), LONGEST_TITLE)


def _check_given(read: Signature, where: str) -> None:
    for name, kind in read.given.items():
        if kind is not httpx.AsyncClient and not (isinstance(kind, type) and issubclass(kind, ToolSettings)):
            raise TypeError(
                f"{where}: parameter {name!r}: the worker cannot give {kind}, only a client or ToolSettings"
            )


def _check_title(title: str | Callable[..., str], read: Signature, where: str) -> None:
    if isinstance(title, str):
        return
    for name in signature(title).parameters:
        if name not in read.names:
            raise TypeError(f"{where}: the title asks for {name!r}, which is not an argument of the tool")
