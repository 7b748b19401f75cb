"""The form about one call: its fields, made from the JSON Schema of the tool's arguments, and what fits it. Pure.

The schema of a tool of an MCP server was written by a stranger, and a check runs within the workflow, where nothing may
take long. So only the arguments themselves are checked, without patterns, references and what is inside them: the tool
checks all of it once more when it runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent_worker.contract.questions import FormField
from agent_worker.conversation.questions.secrecy import holds_secret
from agent_worker.payloads.storage_limits import is_too_deep
from text.characters import without_hidden
from text.json_shapes import items, mapping
from text.lines import one_line
from text.same_json import is_same

LONGEST_VALUE = 3_000  # characters; Slack's fields take no more
MOST_FIELDS = 20
LONGEST_NAME = 100  # characters; it is a label, and the name of a block
MOST_CHOICES = 100
LONGEST_CHOICE = 75  # characters
LONGEST_ARGUMENTS = 100_000  # bytes of all arguments as JSON
AS_JSON = "Written as JSON."  # what is no plain text, number or choice
_KINDS = {"string": "text", "integer": "whole_number", "number": "number", "boolean": "yes_or_no"}
_NUMBERS = ("number", "whole_number")
_EXACT = 1e15  # below it, a number without decimals is the same with and without a point
_CALLED = {"text": "a text", "whole_number": "a whole number", "number": "a number", "yes_or_no": "yes or no"}


def fields(schema: Mapping[str, Any] | None, arguments: Mapping[str, Any]) -> tuple[list[FormField], list[str]]:
    """The fields for these arguments, and the names of the arguments that no field can hold."""
    properties = mapping((schema or {}).get("properties"))
    required = (schema or {}).get("required")
    names = list(dict.fromkeys([*properties, *arguments]))
    found: list[FormField] = []
    fixed: list[str] = []
    for name in names:
        field = _field(name, _without_null(mapping(properties.get(name))), arguments.get(name))
        if field is None or len(found) == MOST_FIELDS or holds_secret(name, arguments.get(name)):
            fixed += [name] if name in arguments else []
        else:
            # An empty text counts as one, but Slack takes no empty field that has to be filled in.
            is_required = isinstance(required, list) and name in required and arguments.get(name) != ""
            found.append(field.model_copy(update={"is_required": is_required}))
    return found, fixed


def _field(name: str, schema: Mapping[str, Any], value: Any) -> FormField | None:
    if len(name) > LONGEST_NAME or not _label(name):
        return None
    kind = _KINDS.get(str(schema.get("type")), "json" if schema else "text")
    text = "" if value is None else value if isinstance(value, str) and kind == "text" else _written(value)
    if (value is not None and not _is_of(kind, value)) or (kind in _NUMBERS and "e" in text):
        kind, text = "json", "" if value is None else _written(value)  # Slack's number fields take no 1e22
    description = one_line(f"{AS_JSON if kind == 'json' else ''} {schema.get('description') or ''}", 300)
    choices = _choices(schema)
    if choices and kind == "text" and (value is None or value in choices):
        return FormField(name=name, kind="choice", value=text, description=description, choices=choices)
    if len(text) > LONGEST_VALUE:
        return None
    return FormField(name=name, kind=kind, value=text, description=description)


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a value that may also be null, without that: in a form it is an empty field."""
    kinds = [kind for kind in items(schema.get("type")) if kind != "null"]
    if len(kinds) == 1:
        schema = {**schema, "type": kinds[0]}
    for key in ("anyOf", "oneOf"):
        others = [one for one in items(schema.get(key)) if mapping(one).get("type") != "null"]
        if len(others) == 1 and isinstance(others[0], Mapping):
            schema = {**others[0], **{name: value for name, value in schema.items() if name != key}}
    return schema


def _label(name: str) -> str:
    """The words that a person reads; "" if there would be none."""
    return without_hidden(one_line(name.replace("_", " "), LONGEST_NAME)).strip()


def _is_of(kind: str, value: Any) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "yes_or_no":
        return isinstance(value, bool)
    if kind == "whole_number":
        return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value % 1 == 0))
    return kind == "json" or (isinstance(value, int | float) and not isinstance(value, bool))


def _choices(schema: Mapping[str, Any]) -> list[str]:
    """The values of an enumeration of texts, if a form can show all of them."""
    values = [value for value in items(schema.get("enum")) if value is not None]
    if not 0 < len(values) <= MOST_CHOICES:
        return []
    fit = all(isinstance(value, str) and value.strip() and len(value) <= LONGEST_CHOICE for value in values)
    return list(dict.fromkeys(values)) if fit else []


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value % 1 == 0 and abs(value) < _EXACT:
        value = int(value)  # 5.0 is a whole number, too
    return json.dumps(value, ensure_ascii=False)


def problem(schema: Mapping[str, Any] | None, arguments: Mapping[str, Any]) -> str:
    """What is wrong with the arguments, in a sentence for the person; "" if they fit the schema."""
    if is_too_deep(arguments) or len(json.dumps(arguments)) > LONGEST_ARGUMENTS:
        return "This is too much for one call. Please make it shorter."
    rules = schema or {}
    properties, required = mapping(rules.get("properties")), rules.get("required")
    needed = [name for name in items(required) if isinstance(name, str)]
    missing = [name for name in needed if name not in arguments]
    if missing:
        return f"{missing[0]} is missing."
    unknown = [name for name in arguments if name not in properties]
    if unknown and rules.get("additionalProperties") is False:
        return f"{one_line(unknown[0], 100)} is no argument of this call."
    # A null in the place of an argument that may be missing leaves it out: no field could change that.
    told = {name: value for name, value in arguments.items() if value is not None or name in needed}
    checked = (_wrong(name, mapping(properties.get(name)), value) for name, value in told.items())
    return next(filter(None, checked), "")


def _wrong(name: str, schema: Mapping[str, Any], value: Any) -> str:
    """What is wrong with one argument."""
    if value is None and _without_null(schema) != schema:
        return ""
    schema = _without_null(schema)
    kind = _KINDS.get(str(schema.get("type")), "json")
    if not _is_of(kind, value):
        return f"{name} has to be {_CALLED[kind]}."
    allowed = schema.get("enum")
    if isinstance(allowed, list) and not any(is_same(value, one) for one in allowed):
        return f"{name} has to be one of {one_line(', '.join(map(str, allowed)), 300)}."
    if isinstance(value, str):
        return _out_of_bounds(f"{name} (its length)", schema, "minLength", "maxLength", len(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _out_of_bounds(name, schema, "minimum", "maximum", value)
    return ""


def _out_of_bounds(name: str, schema: Mapping[str, Any], least: str, most: str, value: float) -> str:
    low, high = schema.get(least), schema.get(most)
    if isinstance(low, int | float) and value < low:
        return f"{name} has to be at least {low}."
    if isinstance(high, int | float) and value > high:
        return f"{name} has to be at most {high}."
    return ""
