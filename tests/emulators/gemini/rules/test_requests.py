"""Promises of the pretend Gemini: it refuses a request that is wrong by itself, in Gemini's words."""

from __future__ import annotations

from typing import Any

import pytest

from emulators.gemini.answers import text
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said

TOOL = {"functionDeclarations": [{"name": "look_up", "description": "Looks things up."}]}


def declared(name: str, **extra: Any) -> list[dict[str, Any]]:
    return [{"functionDeclarations": [{"name": name, **extra}]}]


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
