"""A tool's JSON Schema, made fit for Gemini: references written out, bounded, without what the operator fixes. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from agent_worker.payloads.storage_limits import size_of
from text.json_shapes import items, mapping, mappings

LARGEST = 32 * 1024  # bytes of JSON; the model reads it in each call
MOST_NODES = 4_000  # schemas within a schema, with references written out
DEEPEST = 24  # levels of schemas

_NO_SCHEMA = "the description of its arguments is no JSON Schema"
_TOO_LARGE = f"the description of its arguments has more than {LARGEST // 1024} KB"
_MAPS = ("properties", "patternProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SCHEMAS = ("items", "additionalProperties", "propertyNames", "not", "if", "then", "else", "contains")
_SHAPES: dict[str, Any] = {
    **dict.fromkeys(_MAPS, Mapping),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(("description", "pattern", "format"), str),
    "type": (str, list),
    "enum": list,
}
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
MOST_DIGITS = 300  # of a whole number; a floating-point number has at most 308
_BRANCHES = ("not", "if", "then", "else")
_NOISE = ("title", "discriminator", "$defs", "definitions", "$schema", "$id", "$comment", "$anchor", "examples")


class SchemaError(Exception):
    """Gemini cannot be given this schema. The message says why, in a few plain words."""


def fitted(schema: Mapping[str, Any], fixed: Collection[str] = ()) -> dict[str, Any] | None:
    """The schema of the arguments that are left to the model; None if there are none. Raises SchemaError."""
    plain = _Written(schema).out()
    listed = plain.get("properties", {})
    if plain.get("type", "object") != "object" or not isinstance(listed, dict):
        raise SchemaError("its arguments are not an object")
    plain = _without(fixed, plain | {"type": "object", "properties": listed})
    properties = plain["properties"]
    if size_of(plain) > LARGEST:
        raise SchemaError(_TOO_LARGE)
    return plain if properties or _takes_more(plain) else None


def parameters(schema: Mapping[str, Any]) -> frozenset[str]:
    """The names of the arguments that a schema lists, also in one of its alternatives. Raises SchemaError."""
    return frozenset(_listed(_Written(schema).out()))


def _listed(plain: Mapping[str, Any]) -> Iterator[str]:
    yield from mapping(plain.get("properties"))
    for part in _parts(plain):
        yield from _listed(part)


def _parts(plain: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas beside it that speak of the same arguments."""
    for key in _LISTS:
        yield from mappings(plain.get(key))
    yield from mappings([plain.get(key) for key in _BRANCHES])


def _without(fixed: Collection[str], node: Any) -> Any:
    """A schema of the same arguments without some of them."""
    if not isinstance(node, dict):
        return node
    plain = dict(node)
    if isinstance(plain.get("properties"), dict):
        plain["properties"] = {name: inner for name, inner in plain["properties"].items() if name not in fixed}
    if "required" in plain:
        plain["required"] = [name for name in items(plain["required"]) if name not in fixed]
    lists = {key: [_without(fixed, part) for part in items(plain[key])] for key in _LISTS if key in plain}
    return plain | lists | {key: _without(fixed, plain[key]) for key in _BRANCHES if key in plain}


def _takes_more(schema: Mapping[str, Any]) -> bool:
    """Whether there may be arguments that the schema does not list."""
    return any(name in schema for name in (*_LISTS, "patternProperties")) or bool(schema.get("additionalProperties"))


def _is_absent(key: str, value: Any) -> bool:
    return value is None and key in _SHAPES


def _size(value: Any) -> int:
    """Raises SchemaError if there is a number in it that Gemini cannot read."""
    written = json.dumps(value, ensure_ascii=False)
    if len(written) <= LARGEST:
        json.loads(written, parse_constant=_whole_number, parse_int=_whole_number)
    return len(written)


def _whole_number(digits: str) -> int:
    """Raises SchemaError for a number that Gemini cannot read: NaN, Infinity, or a very large one."""
    if not digits.lstrip("-").isdigit() or len(digits) > MOST_DIGITS:
        raise SchemaError(_NO_SCHEMA)
    return int(digits)


class _Written:
    """A schema whose references are being written out."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._nodes = 0
        self._sizes: dict[int, int] = {}  # of values that are no schemas, by identity: references repeat them
        self._size = 0

    def out(self) -> dict[str, Any]:
        plain = self._plain(self._schema, ())
        if not isinstance(plain, dict):
            raise SchemaError("its arguments are not an object")
        return plain

    def _plain(self, node: Any, above: tuple[str, ...], depth: int = 0) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > DEEPEST:
            raise SchemaError("the description of its arguments is too large when it is written out")
        if not isinstance(node, Mapping):
            if not isinstance(node, bool):
                raise SchemaError(_NO_SCHEMA)
            return node
        if "$ref" not in node:
            kept = {key: value for key, value in node.items() if key not in _NOISE and not _is_absent(key, value)}
            return {key: self._inside(key, value, above, depth + 1) for key, value in kept.items()}
        reference = node["$ref"]
        if reference in above:
            raise SchemaError("the description of its arguments refers to itself")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return self._plain({**self._found(reference), **beside}, (*above, reference), depth + 1)

    def _inside(self, key: str, value: Any, above: tuple[str, ...], depth: int) -> Any:
        if not isinstance(value, _SHAPES.get(key, object)):
            raise SchemaError(_NO_SCHEMA)
        if key in _MAPS:
            return {name: self._plain(inner, above, depth) for name, inner in value.items()}
        if key in _LISTS or (key == "items" and isinstance(value, list)):
            return [self._plain(inner, above, depth) for inner in value]
        if key == "type" and any(one not in _TYPES for one in ([value] if isinstance(value, str) else value)):
            raise SchemaError(_NO_SCHEMA)
        return self._plain(value, above, depth) if key in _SCHEMAS else self._counted(value)

    def _counted(self, value: Any) -> Any:
        """Short schemas can be written out to gigabytes, so what is written is counted."""
        if id(value) not in self._sizes:
            self._sizes[id(value)] = len(value) if isinstance(value, str) else _size(value)
        self._size += self._sizes[id(value)]
        if self._size > LARGEST:
            raise SchemaError(_TOO_LARGE)
        return value

    def _found(self, reference: object) -> Mapping[str, Any]:
        """What stands at a JSON pointer within the same schema."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise SchemaError("the description of its arguments refers to another document")
        found: Any = self._schema
        for step in filter(None, reference.removeprefix("#").split("/")):
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            raise SchemaError("the description of its arguments refers to something that is not there")
        return found
