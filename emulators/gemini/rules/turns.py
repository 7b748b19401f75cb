"""What is wrong with the order of contents: calls, their responses, and the signatures that must come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulators.gemini.errors import Refused, invalid
from emulators.gemini.request import Content, ModelRequest, function_calls, function_responses
from emulators.gemini.signatures import Signatures


def check_turns(request: ModelRequest, signatures: Signatures) -> None:
    """Raise Refused where Gemini does, and also where responses do not stand in the order of their calls."""
    contents = request.contents
    before: Content | None = None
    for content in contents:
        _check_calls(content, before)
        _check_responses(content, before)
        before = content
    if contents[-1].get("role") == "model":
        raise invalid("Please ensure that multiturn requests end with a user role or a function response.")
    start = _start_of_current_turn(contents)
    for index, content in enumerate(contents):
        _check_signatures(content, index, request.model, signatures, is_current=index > start)


def _check_calls(content: Content, before: Content | None) -> None:
    if not function_calls(content):
        return
    if content.get("role") != "model" or before is None or before.get("role") == "model":
        raise invalid(
            "Please ensure that function call turn comes immediately after a user turn or after a function response "
            "turn."
        )


def _check_responses(content: Content, before: Content | None) -> None:
    calls = function_calls(before) if before else []
    responses = function_responses(content)
    if responses and (not calls or content.get("role") == "model"):
        raise invalid("Please ensure that function response turn comes immediately after a function call turn.")
    # Gemini refuses other parts beside the responses now and then, with the same words; the stand-in always does
    # (https://github.com/google-gemini/gemini-cli/issues/16135).
    if len(responses) != len(calls) or (responses and len(responses) != len(content["parts"])):
        raise invalid(
            "Please ensure that the number of function response parts is equal to the number of function call parts of "
            "the function call turn."
        )
    for position, (call, response) in enumerate(zip(calls, responses, strict=True)):
        _check_pair(position, call, response)


def _check_pair(position: int, call: Mapping[str, Any], response: Mapping[str, Any]) -> None:
    for field in ("name", "id"):
        if response.get(field) != call.get(field):
            raise invalid(
                f"Function response {position} has the {field} {response.get(field)!r}, but the function call at its "
                f"place has {call.get(field)!r}."
            )


def _start_of_current_turn(contents: Sequence[Content]) -> int:
    """The index of the last content that a person wrote, or -1. The calls after it must come back signed."""
    by_person = (
        index
        for index in reversed(range(len(contents)))
        if contents[index].get("role") != "model" and not function_responses(contents[index])
    )
    return next(by_person, -1)


def _check_signatures(content: Content, index: int, model: str, signatures: Signatures, *, is_current: bool) -> None:
    signed = [
        (part["functionCall"], part.get("thoughtSignature")) for part in content["parts"] if "functionCall" in part
    ]
    if signed and is_current and not signed[0][1]:
        raise _missing_signature(signed[0][0]["name"], index + 1)
    for call, signature in signed:
        if signature and not signatures.accepts(signature, model, call):
            raise invalid("Corrupted thought signature.")


def _missing_signature(function: str, position: int) -> Refused:
    return invalid(
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
        f"call `default_api:{function}` , position {position}. Please refer to "
        "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )
