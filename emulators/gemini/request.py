"""One request as it arrived, and its parts by name."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Content = dict[str, Any]

_KEY_HEADER = "x-goog-api-key"


@dataclass(frozen=True)
class ModelRequest:
    """One generateContent request.

    `headers` have lower-case names and never hold the API key; `at` is the monotonic clock's, in seconds.
    """

    model: str
    api_version: str
    streamed: bool
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)

    @property
    def contents(self) -> list[Content]:
        """The contents with camelCase names in their parts, whichever case they were sent in."""
        contents = self.body.get("contents")
        return [_with_camel_case_parts(content) for content in contents] if isinstance(contents, list) else []

    @property
    def system_instruction(self) -> str:
        return content_text(either(self.body, "systemInstruction") or {})

    @property
    def declarations(self) -> dict[str, dict[str, Any]]:
        """The declared tools: their parameter schemas by name."""
        return {
            str(declaration.get("name")): either(declaration, "parametersJsonSchema")
            or declaration.get("parameters")
            or {}
            for tool in self.body.get("tools") or []
            for declaration in either(tool, "functionDeclarations") or []
        }

    @property
    def tool_names(self) -> list[str]:
        return list(self.declarations)

    @property
    def mode(self) -> str:
        """The function calling mode, AUTO if the request names none."""
        config = either(either(self.body, "toolConfig") or {}, "functionCallingConfig") or {}
        return str(config.get("mode", "AUTO")).upper()

    @property
    def generation(self) -> Mapping[str, Any]:
        config: Mapping[str, Any] = either(self.body, "generationConfig") or {}
        return config

    @property
    def max_output_tokens(self) -> int | None:
        limit: int | None = either(self.generation, "maxOutputTokens")
        return limit

    @property
    def thinking_level(self) -> str | None:
        level = either(either(self.generation, "thinkingConfig") or {}, "thinkingLevel")
        return None if level is None else str(level).lower()

    @property
    def last_text(self) -> str:
        """The text of the last content that has any."""
        return next(filter(None, map(content_text, reversed(self.contents))), "")

    def mentions(self, text: str) -> bool:
        """Whether the text stands anywhere in the contents, in a string or in the contents' JSON."""
        said = any(text in string for content in self.contents for string in _strings(content))
        return said or text in json.dumps(self.contents, ensure_ascii=False)


def received(
    model: str, api_version: str, body: Mapping[str, Any], headers: Mapping[str, str], *, streamed: bool
) -> ModelRequest:
    """The request without its API key."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() != _KEY_HEADER}
    return ModelRequest(model=model, api_version=api_version, streamed=streamed, body=body, headers=kept)


def either(mapping: Mapping[str, Any], name: str) -> Any:
    """The value of the field, whose name may be written in camelCase or snake_case: Gemini accepts both."""
    return mapping.get(name, mapping.get(snake_case(name)))


def snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def camel_case(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def content_text(content: Mapping[str, Any]) -> str:
    """The visible text of a content, without thoughts; a line break stands between parts."""
    parts = [part for part in content.get("parts") or [] if isinstance(part, Mapping) and not part.get("thought")]
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def function_calls(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [part["functionCall"] for part in content.get("parts") or [] if "functionCall" in part]


def function_responses(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [part["functionResponse"] for part in content.get("parts") or [] if "functionResponse" in part]


def _with_camel_case_parts(content: Any) -> Content:
    if not isinstance(content, Mapping) or not isinstance(content.get("parts"), list):
        return dict(content) if isinstance(content, Mapping) else {}
    parts = [
        {camel_case(k): v for k, v in part.items()} if isinstance(part, Mapping) else {} for part in content["parts"]
    ]
    return {**content, "parts": parts}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [string for item in value.items() for inner in item for string in _strings(inner)]
    return [string for item in value for string in _strings(item)] if isinstance(value, list) else []
