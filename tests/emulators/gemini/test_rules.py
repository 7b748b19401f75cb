"""Promises of the pretend Gemini: it refuses a request that is wrong in itself, in Gemini's words."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.gemini.answers import text
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said

TOOL = {"functionDeclarations": [{"name": "look_up", "description": "Looks things up."}]}


def declared(name: str, **extra: Any) -> list[dict[str, Any]]:
    return [{"functionDeclarations": [{"name": name, **extra}]}]


async def test_a_bad_key_is_a_400_that_names_its_reason(caller: Caller) -> None:
    caller.headers["x-goog-api-key"] = "wrong"

    response = await caller.ask(said("hi"))

    error = response.json()["error"]
    assert (response.status_code, error["status"], error["details"][0]["reason"]) == (
        400,
        "INVALID_ARGUMENT",
        "API_KEY_INVALID",
    )


async def test_a_request_without_a_key_is_a_403(caller: Caller) -> None:
    caller.headers.clear()

    assert (await caller.ask(said("hi"))).status_code == 403


@pytest.mark.parametrize(("model", "version"), [("gemini-9-neon", "v1"), ("gemini-flash-latest", "v1")])
async def test_a_model_that_the_version_does_not_have_is_a_404(caller: Caller, model: str, version: str) -> None:
    response = await caller.ask(said("hi"), model=model, version=version)

    assert response.status_code == 404
    assert f"models/{model} is not found for API version {version}" in response.json()["error"]["message"]


async def test_latest_models_are_served_by_v1beta(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(text("hello"))

    assert (await caller.ask(said("hi"), model="gemini-flash-latest", version="v1beta")).status_code == 200
    assert gemini.requests[0].api_version == "v1beta"


async def test_a_known_model_can_be_taken_away(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.models.discard("gemini-3.8-flash")

    assert (await caller.ask(said("hi"))).status_code == 404


@pytest.mark.parametrize(("header", "status"), [("9", 400), ("8", 400), ("10", 200), ("60", 200)])
async def test_a_deadline_below_ten_seconds_is_refused(
    caller: Caller, gemini: GeminiEmulator, header: str, status: int
) -> None:
    caller.headers["X-Server-Timeout"] = header
    gemini.script(*[text("in time")] * (status == 200))

    response = await caller.ask(said("hi"))

    assert response.status_code == status
    short = f"Manually set deadline {header}s is too short. Minimum allowed deadline is 10s."
    assert (short in response.text) == (status == 400)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([], "contents is not specified"),
        ([{"role": "user", "parts": []}], "contents.parts must not be empty"),
        ([{"role": "user"}], "contents.parts must not be empty"),
        ([{"role": "user", "parts": [{}]}], "must have one initialized field"),
        ([{"role": "user", "parts": [{"thoughtSignature": "c2ln"}]}], "must have one initialized field"),
        (
            [{"role": "user", "parts": [{"text": "a", "functionCall": {"name": "b"}}]}],
            "must have one initialized field",
        ),
        ([{"role": "system", "parts": [{"text": "a"}]}], "Please use a valid role"),
        ([{"role": "tool", "parts": [{"text": "a"}]}], "Please use a valid role"),
        ([said("a"), {"parts": [{"text": "b"}]}], "Please use a valid role"),
        ([{"role": "user", "parts": [{"text": "a"}], "name": "x"}], "Unknown name \"name\" at 'contents[0]'"),
        ([{"role": "user", "parts": [{"txt": "a"}]}], "Unknown name \"txt\" at 'contents[0].parts[0]'"),
        ([{"role": "user", "parts": [{"text": "a", "thoughtSignature": "!"}]}], "Base64 decoding failed"),
    ],
)
async def test_contents_that_gemini_cannot_read_are_refused(
    caller: Caller, contents: list[dict[str, Any]], message: str
) -> None:
    assert message in await caller.refusal(*contents)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"system": "be nice"}, 'Unknown name "system": Cannot find field'),
        ({"generationConfig": {"max_tokens": 5}}, 'Unknown name "max_tokens"'),
        ({"generationConfig": {"maxOutputTokens": 100_000}}, "max_output_tokens"),
        ({"generationConfig": {"thinkingConfig": {"thinking_level": "MINIMAL"}}}, "MINIMAL is not supported"),
        ({"tools": declared("2fast")}, "Invalid function name"),
        ({"tools": declared("has space")}, "Invalid function name"),
        ({"tools": declared("a" * 129)}, "Invalid function name"),
        ({"tools": declared("a", parameters={}, parameters_json_schema={})}, "mutually exclusive"),
        ({"tools": declared("a", arguments={})}, 'Unknown name "arguments"'),
        ({"tools": [TOOL, TOOL]}, "Duplicate function declaration found: look_up"),
        ({"toolConfig": {"functionCallingConfig": {"mode": "MAYBE"}}}, "MAYBE"),
    ],
)
async def test_settings_that_gemini_does_not_know_are_refused(
    caller: Caller, body: dict[str, Any], message: str
) -> None:
    assert message in await caller.refusal(said("hi"), **body)


async def test_what_is_no_json_is_refused(caller: Caller) -> None:
    response = await caller.http.post(
        "/v1/models/gemini-3.8-flash:generateContent", content=b"{", headers=caller.headers
    )

    assert response.status_code == 400


async def test_keys_may_be_written_in_camel_case_or_snake_case(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(text("hello"), text("hello"))

    await caller.ask(
        said("hi"),
        systemInstruction={"parts": [{"text": "be nice"}], "role": "user"},
        tools=declared("look_up", parameters_json_schema={"type": "object"}),
        toolConfig={"functionCallingConfig": {"mode": "NONE"}},
        generationConfig={"maxOutputTokens": 5, "thinkingConfig": {"thinking_level": "LOW"}},
    )
    await caller.ask(
        said("hi"),
        system_instruction={"parts": [{"text": "be nice"}]},
        tools=[{"function_declarations": [{"name": "look_up", "parametersJsonSchema": {"type": "object"}}]}],
        tool_config={"function_calling_config": {"mode": "NONE"}},
        generation_config={"max_output_tokens": 5, "thinking_config": {"thinkingLevel": "low"}},
    )

    for request in gemini.requests:
        assert request.system_instruction == "be nice"
        assert request.declarations == {"look_up": {"type": "object"}}
        assert (request.mode, request.max_output_tokens, request.thinking_level) == ("NONE", 5, "low")


async def test_requests_are_recorded_without_the_key(caller: Caller, gemini: GeminiEmulator) -> None:
    gemini.script(text("hello"))

    await caller.ask(said("hi"), model="gemini-4-hydrogen")

    (request,) = gemini.requests
    assert (request.model, request.last_text, request.mode, request.tool_names) == (
        "gemini-4-hydrogen",
        "hi",
        "AUTO",
        [],
    )
    assert "test-key" not in str(request.headers)
