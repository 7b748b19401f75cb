"""Tools of MCP servers that nobody here knows: one is called if a question has the words of its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from text.json_shapes import mapping, string

_WORD = re.compile(r"[A-Z]?[a-z]+")
_VALUE = re.compile(
    r"\"([^\"]{1,300})\"|“([^“”]{1,300})”|`([^`]{1,300})`|(?<![\w@<])'([^']{1,300})'|(?<!\S)(~?[\w.-]*/[\w./-]*\w|[\w-]+\.[a-z]{1,4})\b"
)


@dataclass(frozen=True)
class Wanted:
    """A call that a question seems to ask for. `missing` are the parameters for which the question has no value."""

    tool: str
    args: Mapping[str, Any]
    missing: tuple[str, ...] = ()


def wanted_call(text: str, declarations: Mapping[str, Mapping[str, Any]]) -> Wanted | None:
    """The call of the declared tool whose name fits the text best, with its texts from the text.

    A tool fits if two words of its name stand in the text, or one of them beside a value: something in quotation marks,
    a path or the name of a file.
    """
    values = ["".join(found) for found in _VALUE.findall(text)]
    said = _words(_VALUE.sub(" ", text).lower())
    fitting = []
    for name in declarations:
        server, marks, tool = name.partition("__")
        words = _words(tool)
        common = len(words & said)
        if marks and (common > 1 or (common and (values or _words(server) & said))):
            fitting.append((common, -len(words), name))
    if not fitting:
        return None
    name = max(fitting)[2]
    return _with_arguments(name, declarations[name], values)


def _with_arguments(name: str, schema: Mapping[str, Any], values: list[str]) -> Wanted:
    """The values go to the required texts, in their order; what is required and no text is missing."""
    parameters = mapping(schema.get("properties"))
    required = [string(one) for one in schema.get("required") or []]
    texts = [one for one in required if mapping(parameters.get(one)).get("type") == "string"]
    args = dict(zip(texts, values, strict=False))
    return Wanted(name, args, tuple(one for one in required if one not in args))


def _words(text: str) -> set[str]:
    """The words, in small letters and without the s of many."""
    return {word.lower().removesuffix("s") for word in _WORD.findall(text)}
