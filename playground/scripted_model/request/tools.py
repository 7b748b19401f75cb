"""The tools that a request declares: their names, what they say of themselves, and their parameters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.gemini.request import ModelRequest, either
from text.json_shapes import items, mapping, mappings, string

_OF_SERVER = "which says of it: "  # before the description that an MCP server gives of its tool
_AWAY = re.compile(r"The server [\w-]+ is away \([^()\n]*\)\.")  # as the agent tells it with the instructions
_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Parameter:
    """`schema` is that of a value: of a parameter that may be null, what it is otherwise."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    is_required: bool = False

    @property
    def kind(self) -> str:
        """The JSON type; "string" where the schema does not say."""
        kind = self.schema.get("type")
        names = [string(one) for one in items(kind) if one != "null"] if isinstance(kind, list) else [string(kind)]
        return next(filter(None, names), "object" if self.inner else "string")

    @property
    def described(self) -> str:
        return string(self.schema.get("description"))

    @property
    def options(self) -> list[Any]:
        """The only values that it may have; empty if there is no such list."""
        return [self.schema["const"]] if "const" in self.schema else items(self.schema.get("enum"))

    @property
    def item(self) -> Parameter:
        """One value of a list."""
        schema = _plain(mapping(self.schema.get("items")))
        return Parameter(self.name, {"description": self.described, **schema}, is_required=True)

    @property
    def inner(self) -> Sequence[Parameter]:
        """What an object holds."""
        return parameters(self.schema)


@dataclass(frozen=True)
class Tool:
    name: str
    description: str = ""
    parameters: Sequence[Parameter] = ()

    @property
    def server(self) -> str:
        """The MCP server that has it; "" for a tool of our own."""
        server, marks, _ = self.name.partition("__")
        return server if marks else ""

    @property
    def own_name(self) -> str:
        """Its name without the server's."""
        return self.name.partition("__")[2] or self.name

    @property
    def purpose(self) -> str:
        """The first sentence of its description, without a full stop; "" if it has none."""
        first = " ".join(self.description.partition("\n\n")[0].split())
        return first.partition(". ")[0].rstrip(".")


Tools = Mapping[str, Tool]


def away(request: ModelRequest) -> list[str]:
    """A sentence for each MCP server that the agent cannot reach just now, so that its tools are not declared."""
    return _AWAY.findall(request.system_instruction)


def declared(request: ModelRequest) -> Tools:
    """By name."""
    found = (
        Tool(string(one.get("name")), _description(one), parameters(_schema(one)))
        for group in mappings(request.body.get("tools"))
        for one in mappings(either(group, "functionDeclarations"))
    )
    return {tool.name: tool for tool in found if tool.name}


def parameters(schema: Mapping[str, Any]) -> list[Parameter]:
    """Those that are needed first, each group in the order of the schema."""
    required = items(schema.get("required"))
    found = [
        Parameter(name, _plain(mapping(one)), name in required)
        for name, one in mapping(schema.get("properties")).items()
    ]
    return sorted(found, key=lambda one: not one.is_required)


def _schema(declaration: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(either(declaration, "parametersJsonSchema")) or mapping(declaration.get("parameters"))


def _description(declaration: Mapping[str, Any]) -> str:
    text = string(declaration.get("description"))
    _, marks, said = text.partition(_OF_SERVER)
    return (said if marks else text).strip()


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema; of alternatives, the first that is not null, with what stands beside them."""
    alternative = next((one for one in _alternatives(schema) if one.get("type") != "null"), _EMPTY)
    return {**alternative, **{key: value for key, value in schema.items() if key not in {"anyOf", "oneOf", "allOf"}}}


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("anyOf", "oneOf", "allOf"):
        yield from mappings(schema.get(key))
