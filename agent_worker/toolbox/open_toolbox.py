"""A tool call that is run: its result, or an error sentence, as JSON that the model reads and Temporal stores."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.inputs import Inputs
from agent_worker.payloads.model import SHOWN
from agent_worker.payloads.storage_limits import is_too_deep, writable
from agent_worker.toolbox.definition import PER_CALL, Tool, title_line
from agent_worker.toolbox.outcome import of_result
from agent_worker.toolbox.signature import ArgumentsError
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError, ToolUnavailableError
from agent_worker.toolbox.tool_source import Attach, NewFile, OutsideTool, Progress

LARGEST_RESULT = 64 * 1024  # bytes of JSON; history stores a result, and the model reads it again in each later call
LONGEST_ERROR = 2000  # characters
NO_THREAD = "there is no thread in which it could be shown"


class RunsTools(Protocol):
    """What runs tool calls: an OpenToolbox, or what stands in for some of its tools."""

    async def run(
        self,
        name: str,
        args: Mapping[str, Any] | None,
        progress: Progress | None = None,
        attach: Attach | None = None,
        given: Mapping[type, Any] | None = None,
    ) -> dict[str, Any]:
        """Runs one call once, as `OpenToolbox.run` says."""

    def outcome(self, name: str, args: Mapping[str, Any] | None, result: Mapping[str, Any]) -> str:
        """What came of a call, as `OpenToolbox.outcome` says."""


class OpenToolbox:
    """The tools, with the HTTP client and the settings that they need to run."""

    def __init__(self, tools: Callable[[], Mapping[str, Tool | OutsideTool]], at_hand: Mapping[type, Any]) -> None:
        """`tools` returns the tools by name, as they are at that moment."""
        self._tools = tools
        self._at_hand = at_hand

    async def run(
        self,
        name: str,
        args: Mapping[str, Any] | None,
        progress: Progress | None = None,
        attach: Attach | None = None,
        given: Mapping[type, Any] | None = None,
    ) -> dict[str, Any]:
        """Runs one call once: `{"output": …}`, or `{"error": sentence}` when another attempt would fail too.

        `given` is what this call alone is given, by type, beside the client and the settings.

        Beside the output stand the `"sources"` that the tool names; they are for people, not for the model. A tool from
        outside says with `progress` how far it is. The `"files"` that it has shown with `attach` stand beside the
        output as SlackFiles: their bytes are at Slack. In the place of an output may stand what it `"asks"` people
        first, an InputRequest: then it is run again, and `given` has their answers as Inputs.

        Any exception means that another attempt may succeed: `ToolUnavailableError` for a failure that the tool
        expects and for a tool that takes longer than its timeout, any other exception for an unexpected failure.
        """
        tools = self._tools()
        tool = tools.get(name)
        if tool is None:
            return _error(no_such_tool(name, tools))
        if not isinstance(tool, Tool):
            inputs = (given or {}).get(Inputs)
            return await tool.run(args, progress or _unseen, attach or _nowhere, inputs)
        return await self._run_ours(tool, args, given or {})

    def outcome(self, name: str, args: Mapping[str, Any] | None, result: Mapping[str, Any]) -> str:
        """What came of a call with this result, in a few words for its card; "" if there is nothing to say of it."""
        if SHOWN in result:
            return str(result[SHOWN])
        tool = self._tools().get(name)
        if isinstance(tool, Tool):
            return tool.outcome(result["output"]) if "output" in result else tool.failure(args, str(result["error"]))
        return of_result(result["output"]) if "output" in result else ""

    async def _run_ours(self, tool: Tool, args: Mapping[str, Any] | None, given: Mapping[type, Any]) -> dict[str, Any]:
        for kind, sentence in PER_CALL.items():
            if kind in tool.needs and kind not in given:
                return _error(sentence.format(tool=tool.name))
        try:
            arguments = tool.signature.fit(args)
            returned = await self._within_timeout(tool, arguments, {**self._at_hand, **given})
        except (ArgumentsError, ToolError) as error:
            return _error(str(error) or f"{tool.name} could not do this.")
        if not isinstance(returned, Sourced):
            return _result(tool, returned)
        result, sources = _result(tool, returned.result), returned.listed()
        return result | {"sources": sources} if sources and "output" in result else result

    async def _within_timeout(self, tool: Tool, arguments: Mapping[str, Any], at_hand: Mapping[type, Any]) -> Any:
        given = {name: at_hand[kind] for name, kind in tool.signature.given.items()}
        try:
            async with asyncio.timeout(tool.timeout.total_seconds()) as deadline:
                return await tool.function(**arguments, **given)
        except TimeoutError as error:
            if not deadline.expired():  # a timeout that the tool itself has raised
                raise
            raise ToolUnavailableError(
                f"{tool.name} took longer than {tool.timeout.total_seconds():g} seconds."
            ) from error


def no_such_tool(name: str, known: Iterable[str]) -> str:
    """A sentence for the model that names the tools there are."""
    return f"There is no tool called {title_line(name)}. The tools are: {', '.join(known) or 'none'}."


def _unseen(_: str) -> None:
    """The progress of a call that has no card."""


async def _nowhere(files: Sequence[NewFile]) -> list[SlackFile | str]:
    """The files of a call that has no thread."""
    return [NO_THREAD for _ in files]


def _result(tool: Tool, result: Any) -> dict[str, Any]:
    """The result as plain JSON; raises TypeError or ValueError for a value that JSON has no form for: a defect."""
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


def _error(message: str) -> dict[str, Any]:
    return {"error": writable(message[:LONGEST_ERROR])}
