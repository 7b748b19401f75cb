"""A tool's signature: the JSON Schema of its arguments, and the check of the arguments that the model gives.

Parameters before the `*` come from the model, parameters after it from the worker.
"""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticUserError

from agent_worker.toolbox import nesting
from agent_worker.toolbox.nesting import Reading
from text.lines import cut

MOST_COMPLAINTS = 5  # a model corrects a few mistakes at a time; a longer list only costs tokens
LONGEST_COMPLAINT = 400  # characters

_SCHEMA_MAPS = ("properties", "patternProperties")
_SCHEMA_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SCHEMAS = ("items", "additionalProperties", "propertyNames", "not")
_NOISE = ("title", "discriminator", "$defs")


class ArgumentsError(Exception):
    """The model's arguments do not fit the signature. The message tells the model which ones, and what is allowed."""


@dataclass(frozen=True)
class Signature:
    """What a tool function takes: `arguments` from the model, `given` (parameter name to type) from the worker."""

    function_name: str
    arguments: type[BaseModel]
    given: Mapping[str, type]

    @property
    def names(self) -> list[str]:
        """The names of the arguments that the model gives, in the order of the signature."""
        return list(self.arguments.model_fields)

    def schema(self) -> dict[str, Any] | None:
        """The JSON Schema of the arguments, without titles or references; None if the tool takes no arguments."""
        return _without_noise(self.arguments.model_json_schema()) if self.names else None

    def fit(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Checks and converts what the model gave, adds defaults, and returns the function's keyword arguments.

        Takes them nested or flat where that can mean only one thing. Raises ArgumentsError if they do not fit.
        """
        is_object = isinstance(given, Mapping) or not given
        reading = nesting.read(self.arguments, given or {}) if is_object else Reading(given, self.names)
        try:
            fitting = self.arguments.model_validate(reading.arguments)
        except ValidationError as error:
            raise ArgumentsError(self._complaint(error, reading)) from error
        return {name: getattr(fitting, name) for name in self.names}

    def _complaint(self, error: ValidationError, reading: Reading) -> str:
        problems = error.errors(include_url=False)
        lines = [cut(_problem(problem, reading), LONGEST_COMPLAINT) for problem in problems[:MOST_COMPLAINTS]]
        if len(problems) > MOST_COMPLAINTS:
            lines.append(f"and {len(problems) - MOST_COMPLAINTS} more")
        return f"The arguments of {self.function_name} do not fit: {'; '.join(lines)}."


def _problem(problem: Mapping[str, Any], reading: Reading) -> str:
    path = reading.path(tuple(problem["loc"]))
    where = ".".join(map(str, path)) or "arguments"
    if problem["type"] == "missing":
        return f"{where} is required"
    if problem["type"] == "extra_forbidden":
        is_argument = len(path) == (2 if reading.within else 1)
        known = f" (the arguments are: {', '.join(reading.names) or 'none'})" if is_argument else ""
        return f"{where} is not an argument{known}"
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"{where}: {message} (got {reprlib.repr(problem['input'])})"


def read_signature(function: Callable[..., Any]) -> Signature:
    """Reads an async function's signature; raises TypeError, naming file, function and parameter, for a bad one."""
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"{place(function)} must be an async function")
    types = _annotations(function)
    from_model: dict[str, tuple[Any, Any]] = {}
    given: dict[str, type] = {}
    for parameter in inspect.signature(function).parameters.values():
        _check_kind(function, parameter)
        if parameter.name not in types:
            raise TypeError(f"{place(function)}: parameter {parameter.name!r} has no type")
        if parameter.kind is parameter.KEYWORD_ONLY:
            given[parameter.name] = types[parameter.name]
        else:
            _check_argument(function, parameter.name, types[parameter.name])
            default = ... if parameter.default is parameter.empty else parameter.default
            from_model[parameter.name] = (types[parameter.name], default)
    return Signature(function.__name__, _arguments_model(function, from_model), given)


def place(function: Callable[..., Any]) -> str:
    """Where a function stands, for error messages: `weather_alerts.py:12 get_weather_alerts()`."""
    code = getattr(function, "__code__", None)
    file = f"{Path(code.co_filename).name}:{code.co_firstlineno} " if code else ""
    return f"{file}{getattr(function, '__name__', repr(function))}()"


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise TypeError(f"{place(function)}: a parameter's type is unknown: {error}") from error


def _check_kind(function: Callable[..., Any], parameter: inspect.Parameter) -> None:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise TypeError(f"{place(function)}: parameter {parameter.name!r} must be a plain named parameter")


def _check_argument(function: Callable[..., Any], name: str, annotation: Any) -> None:
    if name.startswith("_") or hasattr(BaseModel, name):
        raise TypeError(f"{place(function)}: parameter {name!r} needs another name; pydantic keeps this one for itself")
    try:
        TypeAdapter(annotation).json_schema()
    except PydanticUserError as error:
        reason = str(error).splitlines()[0]
        raise TypeError(f"{place(function)}: parameter {name!r} cannot be given by a model: {reason}") from error


def _arguments_model(function: Callable[..., Any], fields: Mapping[str, tuple[Any, Any]]) -> type[BaseModel]:
    config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())
    model: type[BaseModel] = create_model(function.__name__, __config__=config, **dict(fields))  # type: ignore[call-overload]
    try:
        _without_noise(model.model_json_schema())
    except RecursionError:
        raise TypeError(f"{place(function)}: a parameter's type refers to itself, which cannot be declared") from None
    return model


def _without_noise(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Drops generated titles and writes each reference out: Gemini allows no description beside a `$ref`."""
    plain: dict[str, Any] = _plain(schema, schema.get("$defs", {}), frozenset())
    return plain


def _plain(node: Any, definitions: Mapping[str, Any], above: frozenset[str]) -> Any:
    if not isinstance(node, Mapping):
        return node  # additionalProperties may be a plain boolean
    reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
    if reference in above:
        raise RecursionError(reference)
    if reference:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _plain({**definitions[reference], **beside}, definitions, above | {reference})
    return {key: _plain_inside(key, value, definitions, above) for key, value in node.items() if key not in _NOISE}


def _plain_inside(key: str, value: Any, definitions: Mapping[str, Any], above: frozenset[str]) -> Any:
    if key in _SCHEMA_MAPS:
        return {name: _plain(inner, definitions, above) for name, inner in value.items()}
    if key in _SCHEMA_LISTS:
        return [_plain(inner, definitions, above) for inner in value]
    return _plain(value, definitions, above) if key in _SCHEMAS else value
