"""A question to the model, in the shape in which it goes over the wire to Gemini. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.model import FILE_PART, Content

MOST_OUTPUT_TOKENS = 65_536  # of every current model, in one answer
# Documented for calls that no model made; goes over the wire as this very string, which is base64 too.
DUMMY_SIGNATURE = "skip_thought_signature_validator"


@dataclass(frozen=True)
class Question:
    """What the model is asked.

    `contents` and `declarations` have Gemini's wire shape; a declaration has a name, a description and, if the tool
    takes arguments, `parametersJsonSchema`. `more_room` is for asking again after an answer that was cut off.
    """

    model: str
    instructions: str
    contents: Sequence[Content]
    declarations: Sequence[Mapping[str, Any]] = ()
    may_call_tools: bool = True
    more_room: bool = False
    max_output_tokens: int | None = None  # None: as much as usual


def body(question: Question, usual_output_tokens: int) -> dict[str, Any]:
    """The body of a GenerateContent request, as JSON."""
    sent: dict[str, Any] = {
        "contents": [_wire(content) for content in question.contents],
        "generationConfig": _generation(question, usual_output_tokens),
    }
    if question.instructions:
        sent["systemInstruction"] = {"role": "user", "parts": [{"text": question.instructions}]}
    if question.declarations:
        # With NONE the declarations stay: the conversation may hold calls of these tools.
        mode = "AUTO" if question.may_call_tools else "NONE"
        sent["tools"] = [{"functionDeclarations": list(question.declarations)}]
        sent["toolConfig"] = {"functionCallingConfig": {"mode": mode}}
    return sent


def without_signatures(contents: Sequence[Content]) -> list[Content]:
    """A copy of the contents in which each first call carries the dummy, and nothing else a signature."""
    return [_unsigned(content) if content["role"] == "model" else content for content in contents]


def without_files(content: Content) -> Content:
    """Files that nobody has put in (a worker without Slack cannot) are only named."""
    named = [{"text": f"[file: {part[FILE_PART]['name']}]"} if FILE_PART in part else part for part in content["parts"]]
    return {**content, "parts": named}


def _generation(question: Question, usual_output_tokens: int) -> dict[str, Any]:
    usual = question.max_output_tokens or usual_output_tokens
    generation: dict[str, Any] = {"maxOutputTokens": min(usual * (2 if question.more_room else 1), MOST_OUTPUT_TOKENS)}
    # Thoughts use up the same room as the answer.
    if (question.more_room or question.max_output_tokens) and _knows_thinking_levels(question.model):
        generation["thinkingConfig"] = {"thinkingLevel": "LOW"}
    return generation


def _knows_thinking_levels(model: str) -> bool:
    """Lite models think less than "low" anyway, others know no levels."""
    return model.startswith(("gemini-3", "gemini-4")) and "lite" not in model


def _wire(content: Content) -> Content:
    """As it goes over the wire: bytes in base64."""
    return {**content, "parts": [_encoded(part) for part in without_files(content)["parts"]]}


def _encoded(part: dict[str, Any]) -> dict[str, Any]:
    blob = part.get("inlineData")
    if blob is None or not isinstance(blob["data"], bytes):
        return part
    return {"inlineData": {**blob, "data": base64.b64encode(blob["data"]).decode()}}


def _unsigned(content: Content) -> Content:
    parts = [{name: value for name, value in part.items() if name != "thoughtSignature"} for part in content["parts"]]
    first_call = next((part for part in parts if "functionCall" in part), None)
    if first_call is not None:
        first_call["thoughtSignature"] = DUMMY_SIGNATURE
    return {**content, "parts": parts}
