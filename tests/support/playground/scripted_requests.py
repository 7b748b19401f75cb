"""Requests to the scripted model as the agent makes them, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulators.gemini.answers import Call, Said, Text
from emulators.gemini.request import ModelRequest
from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.talk.capabilities import NOTE

HAIKUS = "If nothing is asked that a tool can tell, answer with a haiku."
# The declared tools: the names of their parameters.
TOOLS = {"get_weather_alerts": ["state"], "get_ip_address": [], "get_location_info": ["ipaddress"]}
SLACK_TOOLS = {
    "read_channel": ["channel", "since", "until", "limit"],
    "read_thread": ["link"],
    "find_people": ["query", "channel"],
    "find_channels": ["query"],
}
SEARCH = {"search_messages": ["query", "since", "until"]}


def request(
    *contents: dict[str, Any],
    mode: str = "AUTO",
    tools: dict[str, list[str]] | None = None,
    declared: Sequence[Mapping[str, Any]] = (),
    instructions: str = HAIKUS,
) -> ModelRequest:
    """`tools` are declared: the names of their parameters, all of which are required texts. `declared` are others."""
    declarations: list[Mapping[str, Any]] = [
        {
            "name": name,
            "parametersJsonSchema": {"properties": {one: {"type": "string"} for one in takes}, "required": takes},
        }
        for name, takes in ((TOOLS if tools is None and not declared else tools) or {}).items()
    ]
    declarations += declared
    body = {
        "systemInstruction": {"parts": [{"text": instructions}]},
        "contents": list(contents),
        "tools": [{"functionDeclarations": declarations}],
        "toolConfig": {"functionCallingConfig": {"mode": mode}},
    }
    return ModelRequest(model="gemini-3.8-flash", api_version="v1", streamed=False, body=body)


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


def step(*results: tuple[str, dict[str, Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """A content of calls, and the content of their responses."""
    called = [{"functionCall": {"name": name, "args": args}} for name, args, _ in results]
    returned = [{"functionResponse": {"name": name, "response": response}} for name, _, response in results]
    return [{"role": "model", "parts": called}, {"role": "user", "parts": returned}]


def answered(asked: ModelRequest, model: ScriptedModel | None = None) -> Said:
    answer = (model or ScriptedModel()).answer(asked)
    assert isinstance(answer, Said)
    return answer


def calls(asked: ModelRequest) -> list[tuple[str, dict[str, Any]]]:
    return [(part.name, dict(part.args or {})) for part in answered(asked).parts if isinstance(part, Call)]


def text(asked: ModelRequest) -> str:
    """What it says, without the note that it is a script."""
    (part,) = answered(asked).parts
    assert isinstance(part, Text)
    return part.text.removesuffix(NOTE).rstrip()
