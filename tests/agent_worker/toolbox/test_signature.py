"""Promises of a tool's signature: what the model is told fits what is checked, and complaints can be acted on."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from agent_worker.toolbox.signature import LONGEST_COMPLAINT, ArgumentsError, read_signature


class Unit(StrEnum):
    """A unit of temperature."""

    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


class Day(BaseModel):
    """One day of a forecast, with names that schema words could be mistaken for."""

    title: str = Field(description="What the day is called", title="Title")
    items: list[Unit] = []


class Branch(BaseModel):
    """A thing that holds things of its own kind."""

    branches: list[Branch] = []


async def forecast(
    city: Annotated[str, Field(description="A city, such as Oslo", min_length=2)],
    days: Annotated[int, Field(ge=1, le=7)] = 3,
    unit: Annotated[Unit, Field(description="Unit of the answer")] = Unit.CELSIUS,
    day: Day | None = None,
    *,
    station: dict[str, str],
) -> str:
    """Not called here."""
    raise NotImplementedError


async def nothing() -> str:
    """Not called here."""
    raise NotImplementedError


async def branch(tree: Branch) -> str:
    """Not called here."""
    raise NotImplementedError


def complaint(function: Callable[..., Any], args: Any) -> str:
    with pytest.raises(ArgumentsError) as caught:
        read_signature(function).fit(args)
    return str(caught.value)


def test_the_schema_is_flat_and_keeps_descriptions_limits_and_defaults() -> None:
    schema = read_signature(forecast).schema()

    assert schema is not None
    Draft202012Validator.check_schema(schema)
    assert (schema["type"], schema["required"], schema["additionalProperties"]) == ("object", ["city"], False)
    assert list(schema["properties"]) == ["city", "days", "unit", "day"]
    assert schema["properties"]["city"] == {"type": "string", "minLength": 2, "description": "A city, such as Oslo"}
    assert schema["properties"]["days"] == {"type": "integer", "minimum": 1, "maximum": 7, "default": 3}


def test_references_are_written_out_because_gemini_allows_no_description_beside_one() -> None:
    schema = read_signature(forecast).schema()

    assert schema is not None
    assert "$ref" not in json.dumps(schema)
    assert "$defs" not in schema
    assert schema["properties"]["unit"] == {
        "description": "Unit of the answer",
        "enum": ["celsius", "fahrenheit"],
        "type": "string",
        "default": "celsius",
    }


def test_generated_titles_go_but_an_argument_called_title_stays() -> None:
    schema = read_signature(forecast).schema()

    assert schema is not None
    day = schema["properties"]["day"]["anyOf"][0]
    assert day["properties"]["title"] == {"description": "What the day is called", "type": "string"}
    assert day["required"] == ["title"]
    assert "title" not in day
    assert day["properties"]["items"]["items"]["enum"] == ["celsius", "fahrenheit"]


def test_no_arguments_mean_no_schema_and_any_argument_is_one_too_many() -> None:
    assert read_signature(nothing).schema() is None
    assert read_signature(nothing).fit(None) == {}
    assert "city is not an argument (the arguments are: none)" in complaint(nothing, {"city": "Oslo"})


def test_fitting_arguments_are_converted_and_completed_with_defaults() -> None:
    fitting = read_signature(forecast).fit({"city": "Oslo", "unit": "fahrenheit", "day": {"title": "Monday"}})

    assert fitting == {"city": "Oslo", "days": 3, "unit": Unit.FAHRENHEIT, "day": Day(title="Monday")}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, "city is required"),
        ({"city": "Oslo", "town": "Oslo"}, "town is not an argument (the arguments are: city, days, unit, day)"),
        ({"city": "Oslo", "days": 9}, "days: Input should be less than or equal to 7 (got 9)"),
        ({"city": "Oslo", "unit": "kelvin"}, "unit: Input should be 'celsius' or 'fahrenheit' (got 'kelvin')"),
        ({"city": "Oslo", "day": {"items": ["x"], "title": 1}}, "day.title: Input should be a valid string (got 1)"),
        (["Oslo"], "arguments: Input should be a valid dictionary"),
    ],
)
def test_a_complaint_names_the_argument_and_what_is_allowed(args: Any, expected: str) -> None:
    message = complaint(forecast, args)

    assert message.startswith("The arguments of forecast do not fit: ")
    assert expected in message
    assert "http" not in message


def test_a_complaint_stays_short_however_much_the_model_sent() -> None:
    message = complaint(forecast, {"city": "x" * 100_000} | {f"extra{number}{'y' * 1000}": 1 for number in range(50)})

    assert "and 45 more" in message
    assert len(message) < 6 * (LONGEST_COMPLAINT + 10)


def test_what_the_worker_gives_is_no_argument_of_the_model() -> None:
    signature = read_signature(forecast)

    assert signature.given == {"station": dict[str, str]}
    assert "station is not an argument" in complaint(forecast, {"city": "Oslo", "station": {}})


def test_a_type_that_holds_itself_is_refused_with_a_reason() -> None:
    with pytest.raises(TypeError, match=r"test_signature.py:\d+ branch\(\): a parameter's type refers to itself"):
        read_signature(branch)


def test_a_literal_is_declared_as_the_values_it_allows() -> None:
    async def paint(colour: Literal["red", "blue"]) -> str:
        """Not called here."""
        raise NotImplementedError

    schema = read_signature(paint).schema()

    assert schema is not None
    assert schema["properties"]["colour"] == {"enum": ["red", "blue"], "type": "string"}
