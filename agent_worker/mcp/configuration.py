"""`mcp.json`: which MCP servers there are, and what each may do. Read once, at the start of the process."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent_worker.mcp.secrets import Secrets
from process.settings import environment

SETTING = "MCP_CONFIG"
DEFAULT_FILE = "mcp.json"
SEPARATOR = "__"  # between a server's name and a tool's
NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]|_(?!_|$)){0,31}")  # of a server; without SEPARATOR
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_HTTP_TYPES = ("http", "streamable-http", "streamable_http", "streamableHttp")
_TYPES = ("stdio", *_HTTP_TYPES)
_SECRET_FIELDS = ("env", "headers")


class ConfigurationError(ValueError):
    """The file cannot be used. The message has a line for everything that is wrong in it, and quotes no values."""


def _speaks(value: str) -> str:
    if value not in _TYPES:
        raise ValueError(f"is none of {', '.join(_TYPES)} (the older transport, sse, is not spoken)")
    return value


class _Written(BaseModel):
    """One server as it stands in the file, with all `${VAR}` replaced. Fields that only other programs know: the last
    ones.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    command: str = ""
    args: list[str] = []
    env: dict[str, str] = {}
    cwd: str | None = None
    url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""
    headers: dict[str, str] = {}
    allowed_tools: list[str] | None = None
    blocked_tools: list[str] = []
    timeout: Annotated[float, Field(gt=0, le=600)] = 30
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    arguments: dict[str, Any] = {}
    tool_arguments: dict[str, dict[str, Any]] = {}
    trust_annotations: bool = False
    elicitation: Literal["ask", "off"] = "ask"
    disabled: bool = False

    type: Annotated[str, AfterValidator(_speaks)] = ""
    transport: Annotated[str, AfterValidator(_speaks)] = ""
    description: str = ""
    alwaysAllow: list[str] = []  # noqa: N815  another program asks its user about each call, and not about these
    autoApprove: list[str] = []  # noqa: N815

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("needs either a command or a url")
        kind = "stdio" if self.command else "http"
        for said in filter(None, (self.type, self.transport)):
            if (said in _HTTP_TYPES) != (kind == "http"):
                raise ValueError(f"has a {'command' if self.command else 'url'}, and its type is another one")
        only_of_other = ("headers",) if self.command else ("args", "env", "cwd")
        for name in only_of_other:
            if getattr(self, name):
                raise ValueError(f"{name} does not belong to a server with a {'command' if self.command else 'url'}")
        return self


@dataclass(frozen=True)
class ServerConfiguration:
    """One server. Its `secrets` are all values of its environment and headers, and all that a `${VAR}` stood for."""

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    url: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed_tools: tuple[str, ...] | None = None
    blocked_tools: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=30)
    attempts: int = 3
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tool_arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    trust_annotations: bool = False
    may_ask: bool = True  # people, before it goes on with a call
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    def allows(self, tool: str) -> bool:
        """Whether the operator lets agents use the tool of this name; blocking wins."""
        if any(fnmatchcase(tool, pattern) for pattern in self.blocked_tools):
            return False
        return self.allowed_tools is None or any(fnmatchcase(tool, pattern) for pattern in self.allowed_tools)

    def fixed_arguments(self, tool: str) -> dict[str, Any]:
        """The arguments that the operator gives to this tool. Those for all tools are meant for tools that have such a
        parameter; those for one tool win.
        """
        return {**self.arguments, **self.tool_arguments.get(tool, {})}


def mcp_servers() -> list[ServerConfiguration]:
    """The servers of the file that MCP_CONFIG names, or of `mcp.json` if there is one; none without a file.

    Raises ConfigurationError, with everything that is wrong in the file.
    """
    variables = environment()
    path = Path(variables.get(SETTING) or DEFAULT_FILE)
    if not variables.get(SETTING) and not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{SETTING}: {path} cannot be read ({type(error).__name__})") from error
    return read_configuration(text, path.name, variables)


def read_configuration(text: str, file: str, variables: Mapping[str, str]) -> list[ServerConfiguration]:
    """The servers that `text` describes, without those that are disabled. Raises ConfigurationError."""
    problems: list[str] = []
    servers: list[ServerConfiguration] = []
    for name, written in _servers_in(text, file).items():
        try:
            server = _server(name, written, variables)
        except ConfigurationError as error:
            problems += [f"{SETTING}: {file}: server {name[:40]!r}: {line}" for line in str(error).splitlines()]
            continue
        servers += [server] if server else []
    if problems:
        raise ConfigurationError("\n  ".join(problems))
    return servers


def _servers_in(text: str, file: str) -> dict[str, Any]:
    where = f"{SETTING}: {file}"
    try:
        document = json.loads(text, object_pairs_hook=_object)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{where}: line {error.lineno}: is no JSON ({error.msg})") from error
    except (RecursionError, ValueError):
        raise ConfigurationError(f"{where}: is no JSON that can be read") from None
    if not isinstance(document, dict) or not isinstance(document.get("mcpServers"), dict):
        raise ConfigurationError(f'{where}: needs an object "mcpServers"')
    unknown = sorted(document.keys() - {"mcpServers", "$schema"})
    if unknown:
        raise ConfigurationError(f"{where}: does not know {', '.join(unknown)[:200]}")
    servers: dict[str, Any] = document["mcpServers"]
    return servers


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ConfigurationError for a name that stands there twice: JSON would take the last one without a word."""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in read if names.count(name) > 1)
        raise ConfigurationError(f"{twice[:40]!r} stands twice in one object")
    return read


def _server(name: str, written: Any, variables: Mapping[str, str]) -> ServerConfiguration | None:
    """Raises ConfigurationError, one line for each problem, without the server's name."""
    problems = [] if NAME.fullmatch(name) else ["a name is letters, digits, - and single _, at most 32 of them"]
    replaced = _Replaced(variables)
    filled = replaced.in_value(written)
    problems += [f"needs the environment variable {variable}" for variable in sorted(replaced.missing)]
    try:
        server = _Written.model_validate(filled)
    except ValidationError as error:
        problems += [_problem(dict(detail)) for detail in error.errors(include_url=False, include_input=False)]
        raise ConfigurationError("\n".join(problems)) from None
    if server.disabled:
        return None
    if problems:
        raise ConfigurationError("\n".join(problems))
    fields = server.model_dump(include={"command", "cwd", "url", "env", "headers", "attempts", "trust_annotations"})
    secret = [value for name in _SECRET_FIELDS for value in getattr(server, name).values()]
    return ServerConfiguration(
        name=name,
        args=tuple(server.args),
        allowed_tools=None if server.allowed_tools is None else tuple(server.allowed_tools),
        blocked_tools=tuple(server.blocked_tools),
        timeout=timedelta(seconds=server.timeout),
        arguments=server.arguments,
        tool_arguments=server.tool_arguments,
        may_ask=server.elicitation == "ask",
        secrets=Secrets([*secret, *replaced.values]),
        **fields,
    )


def _problem(detail: Mapping[str, Any]) -> str:
    where = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{where}: is not a field of a server"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


class _Replaced:
    """Puts environment variables in the place of `${VAR}` and `${VAR:-default}`, and notes which."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.missing: set[str] = set()
        self.values: set[str] = set()

    def in_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return _VARIABLE.sub(self._value, value)
        if isinstance(value, dict):
            return {key: self.in_value(inner) for key, inner in value.items()}
        return [self.in_value(inner) for inner in value] if isinstance(value, list) else value

    def _value(self, found: re.Match[str]) -> str:
        name, default = found.groups()
        value = self._variables.get(name) or default
        if value is None:
            self.missing.add(name)
            return ""
        if self._variables.get(name):
            self.values.add(value)
        return value
