"""Promises about what a test sees of a request."""

from __future__ import annotations

from typing import Any

from emulators.gemini.answers import text
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said


def declared(name: str, **extra: Any) -> list[dict[str, Any]]:
    return [{"functionDeclarations": [{"name": name, **extra}]}]


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
