"""The tools that the model may use: how one is written, which ones there are, and how one is run.

A tool is one file in `tools/`: an async function whose signature and docstring the model reads, and `@tool` for its
policy.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import pkgutil
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from inspect import cleandoc, signature
from types import ModuleType
from typing import Any

import httpx

from agent_worker.payloads.limits import is_too_deep, writable
from agent_worker.toolbox.signature import ArgumentsError, Signature, place, read_signature
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError, ToolFunction, ToolSettings, ToolUnavailableError

LARGEST_RESULT = 64 * 1024  # bytes of JSON; a result is stored in history and read by the model at each later step
LONGEST_TITLE = 120  # characters; a title is one line of a Slack message
LONGEST_ERROR = 2000  # characters
LOCAL_ANSWER = timedelta(seconds=10)  # an unknown tool and unfit arguments are answered without any request


_GEMINI_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToolPolicy:
    """How one call is shown and run: a title of one line, the time for one attempt, and how many attempts."""

    title: str
    timeout: timedelta
    attempts: int


@dataclass(frozen=True)
class Tool:
    """A tool that has been checked; `parameters` is the JSON Schema of its arguments, None when it takes none."""

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
        """Check what the author wrote; raises TypeError that names file, function and parameter."""
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
            summary=_one_line(written.summary),
            parameters=read.schema(),
            timeout=written.timeout,
            attempts=written.attempts,
            signature=read,
            function=written.function,
            titled=written.title,
        )

    def title(self, arguments: Mapping[str, Any]) -> str:
        """One line that names a call with these fitted arguments."""
        if isinstance(self.titled, str):
            return _one_line(self.titled)
        wanted = signature(self.titled).parameters
        return _one_line(self.titled(**{name: arguments[name] for name in wanted}))

    def declaration(self) -> dict[str, Any]:
        """What the model is told, as plain JSON."""
        declared: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.parameters is not None:
            declared["parametersJsonSchema"] = self.parameters
        return declared


class Toolbox:
    """All tools by name. It knows them and describes them; `open` gives them what they need to run."""

    def __init__(self, functions: Iterable[ToolFunction[Any]], reserved: Collection[str] = ()) -> None:
        self._tools: dict[str, Tool] = {}
        for found in sorted((Tool.define(written) for written in functions), key=lambda tool: tool.name):
            if found.name in self._tools:
                places = f"{place(self._tools[found.name].function)} and {place(found.function)}"
                raise TypeError(f"two tools have the name {found.name!r}: {places}")
            if found.name in reserved:
                raise TypeError(f"{place(found.function)}: the agent has a step of its own called {found.name!r}")
            self._tools[found.name] = found

    @classmethod
    def discover(cls, package: str = "agent_worker.tools", reserved: Collection[str] = ()) -> Toolbox:
        """The tools of a package: each module declares at least one, or TypeError is raised (`_names` are left out).

        No tool may have a name in `reserved`.
        """
        found = importlib.import_module(package)
        names = [module.name for module in pkgutil.iter_modules(found.__path__) if not module.name.startswith("_")]
        modules = [importlib.import_module(f"{package}.{name}") for name in names]
        return cls((written for module in modules for written in _declared_in(module)), reserved)

    def settings_classes(self) -> list[type[ToolSettings]]:
        """The settings that the tools need, each once, sorted by name: load them and hand them to `open`."""
        needed = {kind for tool in self._tools.values() for kind in tool.signature.given.values()}
        return sorted((kind for kind in needed if issubclass(kind, ToolSettings)), key=lambda kind: kind.__name__)

    def declarations(self) -> list[dict[str, Any]]:
        """What the model is told of each tool, as plain JSON, sorted by name."""
        return [tool.declaration() for tool in self._tools.values()]

    def summary(self) -> list[str]:
        """What the tools can do, one short line for each."""
        return [tool.summary for tool in self._tools.values()]

    def policy(self, name: str, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run this call; never raises, whatever the model made up."""
        tool = self._tools.get(name)
        if tool is None:
            return ToolPolicy(_one_line(f"unknown tool {name}"), LOCAL_ANSWER, attempts=1)
        try:
            return ToolPolicy(tool.title(tool.signature.fit(args)), tool.timeout, tool.attempts)
        except ArgumentsError:
            return ToolPolicy(tool.name, LOCAL_ANSWER, attempts=1)
        except Exception:
            _logger.exception("tool title failed", extra={"tool": tool.name})
            return ToolPolicy(tool.name, tool.timeout, tool.attempts)

    def refusal(self, name: str) -> str | None:
        """Why a call of this name cannot be run at all, in words for the model; None when there is such a tool."""
        return None if name in self._tools else _no_such_tool(name, self._tools)

    def open(self, http: httpx.AsyncClient, settings: Sequence[ToolSettings]) -> OpenToolbox:
        """The same tools, ready to run; raises TypeError when a tool's settings are not among `settings`."""
        at_hand: dict[type, Any] = {httpx.AsyncClient: http} | {type(one): one for one in settings}
        missing = [kind.__name__ for kind in self.settings_classes() if kind not in at_hand]
        if missing:
            raise TypeError(f"the toolbox needs settings that were not given: {', '.join(missing)}")
        return OpenToolbox(self._tools, at_hand)


class OpenToolbox:
    """The tools with what they need to run."""

    def __init__(self, tools: Mapping[str, Tool], at_hand: Mapping[type, Any]) -> None:
        self._tools = tools
        self._at_hand = at_hand

    async def run(self, name: str, args: Mapping[str, Any] | None) -> dict[str, Any]:
        """Run one call: `{"output": …}`, or `{"error": sentence}` for an answer that no retry would change.

        Beside the output are the `"sources"` that a tool names; they are for people, not for the model.
        Every other exception means that another attempt may succeed, and is passed on: `ToolUnavailableError` for what
        a tool expects (including its own timeout), anything else for what it did not.
        """
        tool = self._tools.get(name)
        if tool is None:
            return _error(_no_such_tool(name, self._tools))
        try:
            arguments = tool.signature.fit(args)
            returned = await self._within_timeout(tool, arguments)
        except (ArgumentsError, ToolError) as error:
            return _error(str(error) or f"{tool.name} could not do this.")
        if not isinstance(returned, Sourced):
            return _result(tool, returned)
        result, sources = _result(tool, returned.result), returned.listed()
        return result | {"sources": sources} if sources and "output" in result else result

    async def _within_timeout(self, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        given = {name: self._at_hand[kind] for name, kind in tool.signature.given.items()}
        try:
            async with asyncio.timeout(tool.timeout.total_seconds()) as deadline:
                return await tool.function(**arguments, **given)
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise ToolUnavailableError(
                f"{tool.name} took longer than {tool.timeout.total_seconds():g} seconds."
            ) from error


def _declared_in(module: ModuleType) -> list[ToolFunction[Any]]:
    everything = vars(module).values()
    declared = [each for each in everything if isinstance(each, ToolFunction)]
    own = [each for each in declared if each.function.__module__ == module.__name__]
    if not own:
        raise TypeError(f"{module.__file__} declares no tool: is the @tool decorator missing?")
    return own


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


def _result(tool: Tool, result: Any) -> dict[str, Any]:
    """The result as plain JSON; raises TypeError or ValueError for what JSON cannot say: the tool's mistake."""
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except RecursionError:
        return _error(_too_deep(tool))
    written = writable(text).encode()
    if len(written) > LARGEST_RESULT:
        size = f"{len(written) // 1024} KB, and at most {LARGEST_RESULT // 1024} KB can be read"
        return _error(f"The result of {tool.name} is too large ({size}). Ask for less.")
    output = json.loads(written)
    return _error(_too_deep(tool)) if is_too_deep(output) else {"output": output}


def _too_deep(tool: Tool) -> str:
    return f"The result of {tool.name} has more levels than can be read. Ask for less."


def _no_such_tool(name: str, known: Iterable[str]) -> str:
    return f"There is no tool called {_one_line(name)}. The tools are: {', '.join(known)}."


def _error(message: str) -> dict[str, Any]:
    return {"error": writable(message[:LONGEST_ERROR])}


def _one_line(text: str) -> str:
    line = " ".join(writable(str(text)).split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"
