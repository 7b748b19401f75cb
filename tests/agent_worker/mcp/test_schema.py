"""Schemas become what Gemini takes, or it is said why not."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.mcp.schema import SchemaError, fitted


def test_references_are_written_out_and_noise_is_left_out() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Arguments",
        "type": "object",
        "properties": {
            "title": {"$ref": "#/definitions/Name", "description": "of the page"},
            "ends": {"type": "array", "items": {"$ref": "#/properties/title"}},
        },
        "required": ["title"],
        "definitions": {"Name": {"title": "Name", "type": "string", "minLength": 1}},
    }

    name = {"type": "string", "minLength": 1, "description": "of the page"}
    assert fitted(schema) == {
        "type": "object",
        "properties": {"title": name, "ends": {"type": "array", "items": name}},
        "required": ["title"],
    }


def test_what_servers_write_loosely_is_taken() -> None:
    loose = {"description": None, "enum": ["NaN", "it is NaN", 1e300], "items": [{"type": "string"}]}

    assert fitted({"type": "object", "properties": {"a": loose}}) == {
        "type": "object",
        "properties": {"a": {"enum": ["NaN", "it is NaN", 1e300], "items": [{"type": "string"}]}},
    }


def test_fixed_arguments_are_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": True}, "required": ["a", "b"]}

    assert fitted(schema, ["a"]) == {"type": "object", "properties": {"b": True}, "required": ["b"]}
    assert fitted(schema, ["a", "b"]) is None
    assert fitted({**schema, "required": 5}, ["a"]) == {"type": "object", "properties": {"b": True}, "required": []}


def doubling(levels: int) -> dict[str, Any]:
    """A schema of few lines that would be written out as two to the power of `levels`."""
    schemas: dict[str, Any] = {"level0": {"type": "string"}}
    for level in range(1, levels):
        below = {"$ref": f"#/$defs/level{level - 1}"}
        schemas[f"level{level}"] = {"type": "object", "properties": {"a": below, "b": below}}
    return {"type": "object", "properties": {"top": {"$ref": f"#/$defs/level{levels - 1}"}}, "$defs": schemas}


def repeating(references: int) -> dict[str, Any]:
    """A schema of half a megabyte whose references write it out to gigabytes."""
    choice = {"enum": ["x" * 500_000]}
    properties = {f"p{number}": {"$ref": "#/$defs/choice"} for number in range(references)}
    return {"type": "object", "properties": properties, "$defs": {"choice": choice}}


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"inner": schema}}
    return schema


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "string"}, "not an object"),
        ({"type": "object", "properties": []}, "no JSON Schema"),
        *(
            ({"type": "object", "properties": {"a": odd}}, "no JSON Schema")
            for odd in (
                *(
                    {"type": "strin"},
                    {"type": 5},
                    {"type": ["string", 5]},
                    {"type": [["string"]]},
                    {"enum": 5},
                    5,
                    None,
                ),
                *({"items": "x"}, {"anyOf": 5}, {"anyOf": ["x"]}, {"properties": {"b": "x"}}, {"description": 5}),
                *({"default": float("nan")}, {"maximum": 10**400}, {"enum": [1, [float("-inf")]]}),
            )
        ),
        ({"type": ["object", "null"]}, "not an object"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, "refers to itself"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}, "is not there"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.com"}}}, "another document"),
        ({"type": "object", "properties": {"a": {"$ref": 1}}}, "another document"),
        ({"type": "object", "properties": {"a": {"description": "x" * 40_000}}}, "more than 32 KB"),
        (repeating(3_900), "more than 32 KB"),
        (doubling(40), "too large"),
        (deep(500), "too large"),
    ],
)
def test_what_gemini_does_not_take_is_refused_with_a_reason(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        fitted(schema)
