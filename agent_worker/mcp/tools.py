"""A tool of an MCP server as the model and people see it, and one call of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import isfinite
from typing import Any

from mcp.types import Tool

from agent_worker.mcp.attachments import attached
from agent_worker.mcp.configuration import SEPARATOR
from agent_worker.mcp.connection.failures import LostError, NotRunError, RefusedError, UnreadableError
from agent_worker.mcp.inputs import AskError
from agent_worker.mcp.results import asks_in_vain, error, read_result
from agent_worker.mcp.rounds import Rounds
from agent_worker.mcp.schema import SchemaError, fitted, parameters
from agent_worker.mcp.server import PATIENCE, Server
from agent_worker.payloads.failed_steps import NO_ANSWER
from agent_worker.payloads.inputs import ASKS, InputRequest, Inputs
from agent_worker.payloads.model import SHOWN
from agent_worker.toolbox.definition import ToolPolicy, title_line
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.tool_source import LONGEST_ATTACHING, Attach, Progress
from text.lines import cut, one_line

LONGEST_NAME = 128  # characters; Gemini takes no longer ones
LONGEST_DESCRIPTION = 2000  # characters; servers write whole manuals, and the model reads them in each call
LONGEST_PROGRESS = 80  # characters
LONGEST_WAIT = timedelta(seconds=2 * PATIENCE)  # for the server, before the call and before its second attempt
DIGEST = 12  # characters
NOT_KNOWN = "It is not known whether the call was carried out"
_KINDS: Mapping[type[Exception], str] = {  # what the card says of a call without a result
    AskError: "Not completed",
    RefusedError: "The server refused it",
    UnreadableError: "An answer that cannot be read",
    NotRunError: "The server is away",
}
_UNFIT = re.compile(r"[^A-Za-z0-9_.:-]")


@dataclass(frozen=True)
class McpTool:
    """`digest` changes when the server changes what it tells of the tool."""

    server: Server
    told: Tool
    name: str
    parameters: dict[str, Any] | None
    fixed: Mapping[str, Any]
    digest: str

    @property
    def title(self) -> str:
        told = self.told.title or (self.told.annotations and self.told.annotations.title) or self.told.name
        return title_line(f"{self.server.name}: {self._hidden(told)}")

    @property
    def summary(self) -> str:
        described = (self.told.description or "").strip().partition("\n")[0]
        return title_line(f"{self.server.name}: {self._hidden(described)}") if described else self.title

    @property
    def away(self) -> str:
        return away(self.server.name, self.server.away) if self.server.is_away_for_longer else ""

    @property
    def is_repeatable(self) -> bool:
        """Whether a call that may have been carried out can be made again: the operator believes what the server says
        of its tools, and the server says so.
        """
        said = self.told.annotations
        trusted = self.server.configuration.trust_annotations
        return bool(trusted and said and (said.read_only_hint or said.idempotent_hint))

    def declaration(self) -> dict[str, Any]:
        """What the model is told. The description is the server's, and named so."""
        return self._declaration

    @cached_property
    def _declaration(self) -> dict[str, Any]:
        described = cut(self._hidden(self.told.description or self.told.name).strip(), LONGEST_DESCRIPTION)
        text = f"A tool of the server {self.server.name}, which says of it: {described}"
        declared: dict[str, Any] = {"name": self.name, "description": text}
        return declared | ({"parametersJsonSchema": self.parameters} if self.parameters is not None else {})

    def _hidden(self, text: str) -> str:
        return self.server.configuration.secrets.hidden(text)

    def policy(self, args: Mapping[str, Any] | None) -> ToolPolicy:  # noqa: ARG002  the title names no arguments
        configuration = self.server.configuration
        attempts = configuration.attempts if self.is_repeatable else 1
        longest = configuration.timeout + LONGEST_WAIT + LONGEST_ATTACHING
        return ToolPolicy(self.title, longest, attempts, unknown_if_lost=not self.is_repeatable)

    def _arguments(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The model's, without those that the operator fixes, even if the server does not list them."""
        names = self.server.configuration.fixed_arguments(self.told.name)
        return {name: value for name, value in args.items() if name not in names} | dict(self.fixed)

    async def run(
        self, args: Mapping[str, Any] | None, progress: Progress, attach: Attach, inputs: Inputs | None = None
    ) -> dict[str, Any]:
        """One call: its result, `{"error": sentence}`, or `{"asks": …}`; its files are shown with `attach`.

        Raises ToolUnavailableError only for a call that can be repeated.
        """
        secrets, server, show = self.server.configuration.secrets, self.server.name, progress

        async def told(progress: float, total: float | None, message: str | None) -> None:
            show(one_line(secrets.hidden(_progress(progress, total, message)), LONGEST_PROGRESS))

        rounds = Rounds(self.server, self.told.name, self._arguments(args or {}), told)
        try:
            result = await rounds.call(inputs)
        except LostError as failure:
            if self.is_repeatable:
                raise ToolUnavailableError(f"{self.name} did not answer: {failure}.") from failure
            return error(f"{NOT_KNOWN}: {failure}.", secrets) | {SHOWN: NO_ANSWER}
        except (AskError, RefusedError, UnreadableError, NotRunError) as failure:
            return error(_why(server, failure), secrets) | {SHOWN: _kind(failure)}
        if isinstance(result, InputRequest):
            return self._asks(result)
        return read_result(server, result, await attached(result.content, attach, secrets), secrets)

    def _asks(self, request: InputRequest) -> dict[str, Any]:
        if not self.server.configuration.may_ask:
            return error(asks_in_vain(self.server.name, len(request.asks)), self.server.configuration.secrets)
        return {ASKS: request.model_dump()}


def _kind(failure: Exception) -> str:
    return next(kind for failed, kind in _KINDS.items() if isinstance(failure, failed))


def _why(server: str, failure: Exception) -> str:
    """Why a call has no result, for the model."""
    if isinstance(failure, RefusedError):
        return f"The server {server} says: {failure}"
    if isinstance(failure, UnreadableError):
        return f"The server {server} has answered the call, but {failure}."
    if isinstance(failure, AskError):
        return f"The server {server} {failure}. The call was not completed."
    return away(server, str(failure))


def away(server: str, reason: str) -> str:
    """A sentence for the model: a call was not carried out, or would not be."""
    return (
        f"The server {server} is away just now ({reason}), so the call was not carried out. I keep trying to reach it."
    )


def tools_of(server: Server) -> tuple[dict[str, McpTool], dict[str, str]]:
    """The tools that agents may use, by their names towards Gemini; and why others are left out, by the server's names.

    Tools that the operator does not allow are in neither.
    """
    made: dict[str, McpTool] = {}
    left_out: dict[str, str] = {}
    hidden = server.configuration.secrets.hidden
    for told in sorted(server.listed, key=lambda tool: tool.name):
        if not server.configuration.allows(told.name):
            continue
        name = name_of(server.name, told.name)
        try:
            if hidden(told.name) != told.name:
                raise SchemaError("its name has a secret in it")
            if name in made:
                raise SchemaError("another tool of the server has this name")
            made[name] = _made(server, told, name)
        except SchemaError as reason:
            left_out[hidden(told.name)] = str(reason)
        except Exception as failure:  # noqa: BLE001  what one server says must not touch the tools of the others
            left_out[hidden(told.name)] = f"its description cannot be understood ({type(failure).__name__})"
    return made, left_out


def _made(server: Server, told: Tool, name: str) -> McpTool:
    configuration = server.configuration
    takes = parameters(told.input_schema)
    fixed = {key: value for key, value in configuration.fixed_arguments(told.name).items() if key in takes}
    schema = configuration.secrets.hidden_in(fitted(told.input_schema, fixed.keys()))
    tool = McpTool(server, told, name, schema, fixed, _digest(told))
    tool.declaration()  # now, and not within somebody's turn
    return tool


def name_of(server: str, tool: str) -> str:
    """`server__tool`; a name that Gemini would not take, or that was cut, ends with a digest of the real one."""
    name = f"{server}{SEPARATOR}{_UNFIT.sub('_', tool)}"
    if name == f"{server}{SEPARATOR}{tool}" and len(name) <= LONGEST_NAME:
        return name
    suffix = "_" + hashlib.sha256(tool.encode("utf-8", errors="replace")).hexdigest()[:8]
    return name[: LONGEST_NAME - len(suffix)] + suffix


def _digest(told: Tool) -> str:
    """Of all that the model is told of the tool."""
    said: Sequence[Any] = [told.name, told.title, told.description, told.input_schema]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:DIGEST]


def _progress(done: float, total: float | None, message: str | None) -> str:
    share = f"{round(min(100, max(0, 100 * done / total)))} %" if total and isfinite(done / total) else ""
    return " ".join(filter(None, (share, message or ""))) or f"{done:g}"
