"""Promises of what a server asks: a form holds it, nothing of it is trusted, and what cannot be shown is not asked."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitRequestURLParams,
    InputRequiredResult,
)

from agent_worker.mcp import inputs
from agent_worker.mcp.inputs import AskError, asked_input, input_request
from agent_worker.mcp.secrets import Secrets
from agent_worker.payloads.inputs import AskedInput, InputField

SECRET = "token-4711-of-the-server"
SECRETS = Secrets([SECRET])
MANY = ["x"] * 101


def asked(properties: dict[str, Any], *required: str, message: str = "Please") -> AskedInput:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return asked_input("key", ElicitRequestFormParams(message=message, requested_schema=schema), SECRETS)


def field(schema: dict[str, Any]) -> InputField:
    return asked({"it": schema}).fields[0]


def page(url: str) -> AskedInput:
    return asked_input("key", ElicitRequestURLParams(message="Please pay.", url=url), SECRETS)


@pytest.mark.parametrize(
    ("schema", "kind", "least", "most"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 9}, "text", 2, 9),
        ({"type": "string", "format": "email"}, "email", None, None),
        ({"type": "string", "format": "uri"}, "link", None, None),
        ({"type": "string", "format": "date"}, "date", None, None),
        ({"type": "string", "format": "date-time"}, "date_time", None, None),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole_number", 1, 9),
        ({"type": "number", "minimum": 0.5}, "number", 0.5, None),
        ({"type": "boolean"}, "yes_or_no", None, None),
        ({"type": "string", "maxLength": 10**9}, "text", None, None),
        ({"type": "number", "maximum": 1e300}, "number", None, None),
    ],
)
def test_each_kind_of_field_has_its_bounds(
    schema: dict[str, Any], kind: str, least: float | None, most: float | None
) -> None:
    made = field(schema)

    assert (made.kind, made.least, made.most) == (kind, least, most)


@pytest.mark.parametrize(
    ("schema", "kind", "choices"),
    [
        ({"type": "string", "enum": ["r", "b"]}, "choice", [("r", "r"), ("b", "b")]),
        ({"type": "string", "enum": ["r", "b"], "enumNames": ["Red"]}, "choice", [("r", "Red"), ("b", "b")]),
        ({"type": "string", "oneOf": [{"const": "r", "title": "Red"}]}, "choice", [("r", "Red")]),
        ({"type": "array", "items": {"enum": ["r"]}, "maxItems": 1}, "choices", [("r", "r")]),
        ({"type": "array", "items": {"anyOf": [{"const": "r", "title": "Red"}]}}, "choices", [("r", "Red")]),
    ],
)
def test_choices_have_the_names_that_the_server_gives_them(
    schema: dict[str, Any], kind: str, choices: list[tuple[str, str]]
) -> None:
    made = field(schema)

    assert (made.kind, made.choices) == (kind, choices)


def test_labels_descriptions_and_what_is_required_are_taken_over() -> None:
    first, second = asked(
        {"how_many": {"type": "integer", "title": "How many?", "description": "mugs"}, "to_whom": {"type": "string"}},
        "to_whom",
    ).fields

    assert (first.label, first.description, first.is_required) == ("How many?", "mugs", False)
    assert (second.label, second.is_required) == ("to whom", True)


def test_the_same_question_is_known_again_and_another_one_under_the_same_key_is_not() -> None:
    first, again = asked({"it": {"type": "string"}}), asked({"it": {"type": "string"}})
    others = [asked({"it": {"type": "string"}}, message="Please!"), asked({"it": {"type": "integer"}})]

    assert first.digest == again.digest
    assert first.digest not in {other.digest for other in others}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        {"type": "array", "items": {"type": "string"}},
        {"type": ["string", "null"]},
        {"$ref": "#"},
        {},
        {"type": "string", "enum": []},
        {"type": "string", "enum": [1, 2]},
        {"type": "string", "enum": MANY},
        {"type": "string", "enum": [SECRET]},
        {"type": "string", "enum": ["x" * 201]},
    ],
)
def test_what_no_form_can_hold_is_not_asked(schema: dict[str, Any]) -> None:
    with pytest.raises(AskError):
        field(schema)


@pytest.mark.parametrize(
    "properties",
    [
        {f"field {number}": {"type": "string"} for number in range(21)},
        {"x" * 201: {"type": "string"}},
        {SECRET: {"type": "string"}},
        {"\ud800": {"type": "string"}},
    ],
    ids=["thousands", "long", "secret", "unwritable"],
)
def test_names_that_cannot_be_kept_are_not_asked(properties: dict[str, Any]) -> None:
    with pytest.raises(AskError):
        asked(properties)


def test_secrets_are_hidden_and_texts_are_bounded() -> None:
    made = asked(
        {"it": {"type": "string", "title": SECRET, "description": "d" * 9_000, "default": SECRET}},
        message=f"{SECRET} " + "m" * 9_000,
    )

    assert SECRET not in made.model_dump_json()
    assert len(made.message) == inputs.LONGEST_MESSAGE
    assert (made.fields[0].label, len(made.fields[0].description)) == ("…", inputs.LONGEST_DESCRIPTION)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://pay.example/42?a=1&b=2", "pay.example"),
        ("http://localhost:8000/x", "localhost:8000"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_page_is_named_by_its_host(url: str, host: str) -> None:
    made = page(url)

    assert (made.url, made.host) == (url, host)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "slack://open",
        "https://",
        "https://bank.example@evil.example/",
        "https://evil.example/|bank.example>",
        "https://evil.example/ x",
        "https://bücher.example/",
        "https://evil.example/" + "x" * 2_000,
        f"https://evil.example/{SECRET}",
        "https://evil.example:port/",
        "https://[::1/",
    ],
)
def test_an_address_that_could_deceive_is_not_shown(url: str) -> None:
    with pytest.raises(AskError):
        page(url)


def result(count: int = 1, state: str | None = "state", properties: Any = None) -> InputRequiredResult:
    params = ElicitRequestFormParams(message="Please", requested_schema={"properties": properties or {}})
    return InputRequiredResult(
        input_requests={f"{number}": ElicitRequest(params=params) for number in range(count)}, request_state=state
    )


def test_the_state_goes_back_as_it_is() -> None:
    request = input_request("shop", result(), SECRETS)

    assert (request.server, request.state, [one.key for one in request.asks]) == ("shop", "state", ["0"])


@pytest.mark.parametrize(
    "asked_for",
    [
        result(count=6),
        result(state="x" * 16_385),
        result(state=SECRET),
        result(count=3, properties={f"{number}": {"type": "string"} for number in range(7)}),
        result(properties={f"{n}": {"type": "string", "enum": [f"{i:0200}" for i in range(99)]} for n in range(2)}),
    ],
    ids=["many", "large state", "secret state", "many fields together", "large"],
)
def test_more_than_a_form_can_hold_is_not_asked(asked_for: InputRequiredResult) -> None:
    with pytest.raises(AskError):
        input_request("shop", asked_for, SECRETS)


def test_what_is_no_question_to_people_is_refused() -> None:
    sampling = CreateMessageRequest(params=CreateMessageRequestParams(messages=[], max_tokens=1))

    with pytest.raises(AskError, match="something else than what people know"):
        input_request("shop", InputRequiredResult(input_requests={"a": sampling}), SECRETS)
