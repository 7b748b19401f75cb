"""What is wrong with a request by itself: its fields, roles, declarations, mode, limits and deadline."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from emulators.gemini.errors import invalid, short_deadline, unknown_name
from emulators.gemini.request import ModelRequest, camel_case, either, function_responses
from emulators.gemini.signatures import decoded

MOST_DECLARATIONS = 512
MOST_OUTPUT_TOKENS = 65_536
SHORTEST_DEADLINE_SECONDS = 10
FUNCTION_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
MODES = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
_NAME_RULE = (
    "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores "
    "(_), dots (.), colons (:), or dashes (-), with a maximum length of 128."
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DATA_FIELDS = _names(
    """text inlineData fileData functionCall functionResponse executableCode codeExecutionResult toolCall
    toolResponse"""
)
_PART_FIELDS = _DATA_FIELDS | _names("thought thoughtSignature videoMetadata mediaResolution partMetadata")
_REQUEST_FIELDS = _names(
    """model contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent serviceTier
    store continuationToken"""
)
_GENERATION_FIELDS = _names(
    """stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount
    maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs
    enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution responseFormat"""
)
_CALL_FIELDS = _names("id name args")
_RESPONSE_FIELDS = _names("id name response parts willContinue scheduling")
_DECLARATION_FIELDS = _names("name description behavior parameters parametersJsonSchema response responseJsonSchema")
# The levels that each model takes. Models that are not listed take every level.
_THINKING_LEVELS = {
    "gemini-4-hydrogen": ("low", "medium", "high", "xhigh"),
    "gemini-4-argon": ("low", "medium", "high"),
    "gemini-4-carbon": ("low", "medium", "high"),
    "gemini-3.8-flash": ("low", "medium", "high"),
}


def check_request(request: ModelRequest) -> None:
    """Raise Refused for a request that is wrong by itself. The order of its contents is checked in `turns.py`."""
    _check_deadline(request)
    _check_fields(request.body, _REQUEST_FIELDS, "")
    _check_contents(request)
    _check_declarations(request)
    _check_generation(request)


def _check_deadline(request: ModelRequest) -> None:
    header = request.headers.get("x-server-timeout", "")
    if re.fullmatch(r"\d+(\.\d+)?", header) and float(header) < SHORTEST_DEADLINE_SECONDS:
        raise short_deadline(math.ceil(float(header)))


def _check_fields(mapping: object, known: Iterable[str], path: str) -> None:
    """Refuse names that the schema does not have. They may be written in camelCase or snake_case."""
    if not isinstance(mapping, Mapping):
        raise invalid(f"Invalid value at '{path}', expected an object.")
    for name in mapping:
        if camel_case(name) not in known:
            raise unknown_name(name, path)


def _check_contents(request: ModelRequest) -> None:
    contents = request.body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise invalid("* GenerateContentRequest.contents: contents is not specified\n")
    for index, content in enumerate(contents):
        _check_fields(content, ("role", "parts"), f"contents[{index}]")
        if not isinstance(content.get("parts"), list) or not content["parts"]:
            raise invalid(f"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.\n")
    for index, content in enumerate(request.contents):
        for position, part in enumerate(content["parts"]):
            _check_part(part, index, position)
        _check_role(content, alone=len(contents) == 1)


def _check_part(part: Mapping[str, Any], index: int, position: int) -> None:
    path = f"contents[{index}].parts[{position}]"
    _check_fields(part, _PART_FIELDS, path)
    if len(_DATA_FIELDS & part.keys()) != 1:
        raise invalid(
            f"* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
        )
    if "thoughtSignature" in part and decoded(part["thoughtSignature"]) is None:
        raise invalid(f"Invalid value at '{path}.thought_signature' (TYPE_BYTES), Base64 decoding failed")
    for name, known in (("functionCall", _CALL_FIELDS), ("functionResponse", _RESPONSE_FIELDS)):
        if name in part:
            _check_fields(part[name], known, f"{path}.{name}")
            _check_function_name(part[name].get("name"), f"{path}.{name}")
    if "functionResponse" in part and not isinstance(part["functionResponse"].get("response"), Mapping):
        raise invalid(f"* GenerateContentRequest.{path}.function_response.response: must be an object\n")


def _check_function_name(name: object, path: str) -> None:
    if not isinstance(name, str) or not name:
        raise invalid(f"* GenerateContentRequest.{path}.name: Name cannot be empty.\n")


def _check_role(content: Mapping[str, Any], *, alone: bool) -> None:
    role = content.get("role")
    only_responses = len(function_responses(content)) == len(content["parts"])
    if role in ("user", "model") or (role is None and alone) or (role in ("tool", "function") and only_responses):
        return
    raise invalid("Please use a valid role: user, model.")


def _check_declarations(request: ModelRequest) -> None:
    names: list[str] = []
    for tool_index, tool in enumerate(request.body.get("tools") or []):
        for index, declaration in enumerate(either(tool, "functionDeclarations") or []):
            path = f"tools[{tool_index}].function_declarations[{index}]"
            _check_declaration(declaration, path)
            if declaration["name"] in names:
                raise invalid(f"Duplicate function declaration found: {declaration['name']}")
            names.append(declaration["name"])
    if len(names) > MOST_DECLARATIONS:
        raise invalid(f"* GenerateContentRequest.tools: at most {MOST_DECLARATIONS} function declarations\n")
    if request.mode not in MODES:
        raise invalid(f"Invalid value at 'tool_config.function_calling_config.mode' \"{request.mode}\"")


def _check_declaration(declaration: Mapping[str, Any], path: str) -> None:
    _check_fields(declaration, _DECLARATION_FIELDS, path)
    if not FUNCTION_NAME.fullmatch(str(declaration.get("name", ""))):
        raise invalid(f"* GenerateContentRequest.{path}.name: {_NAME_RULE}\n")
    if "parameters" in declaration and either(declaration, "parametersJsonSchema") is not None:
        raise invalid(
            f"* GenerateContentRequest.{path}: parameters and parameters_json_schema are mutually exclusive\n"
        )


def _check_generation(request: ModelRequest) -> None:
    _check_fields(request.generation, _GENERATION_FIELDS, "generation_config")
    if request.max_output_tokens is not None and not 0 < request.max_output_tokens <= MOST_OUTPUT_TOKENS:
        raise invalid(
            f"* GenerateContentRequest.generation_config.max_output_tokens: must be from 1 to {MOST_OUTPUT_TOKENS}\n"
        )
    levels = _THINKING_LEVELS.get(request.model)
    if levels and request.thinking_level is not None and request.thinking_level not in levels:
        raise invalid(f"Thinking level {request.thinking_level.upper()} is not supported for this model.")
