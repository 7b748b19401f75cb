"""A question to the model, and the JSON body in which Gemini receives it. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.conversation.wording import model_form
from agent_worker.payloads.model import FILE_PART, Content

MOST_OUTPUT_TOKENS = 65_536  # in one answer of any current model


@dataclass(frozen=True)
class Question:
    """What the model is asked.

    `contents` and `declarations` have Gemini's wire shape; a declaration has a name, a description and, if the tool
    takes arguments, `parametersJsonSchema`. `more_room` allows twice as many output tokens, for asking again after an
    answer that was cut off. `max_output_tokens` limits a short answer; None allows as many as usual.
    """

    model: str
    instructions: str
    contents: Sequence[Content]
    declarations: Sequence[Mapping[str, Any]] = ()
    may_call_tools: bool = True
    more_room: bool = False
    max_output_tokens: int | None = None


def body(question: Question, usual_output_tokens: int) -> dict[str, Any]:
    """The body of a GenerateContent request, as JSON."""
    sent: dict[str, Any] = {
        "contents": [_wire(each) for content in question.contents for each in _apart(content)],
        "generationConfig": _generation(question, usual_output_tokens),
    }
    if question.instructions:
        sent["systemInstruction"] = {"role": "user", "parts": [{"text": question.instructions}]}
    if question.declarations:
        # The declarations are sent with NONE too, because the conversation may hold calls of these tools.
        mode = "AUTO" if question.may_call_tools else "NONE"
        sent["tools"] = [{"functionDeclarations": list(question.declarations)}]
        sent["toolConfig"] = {"functionCallingConfig": {"mode": mode}}
    return sent


def without_files(content: Content) -> Content:
    """A copy in which files that were not loaded are only named; a worker without Slack cannot load any."""
    return {**content, "parts": [_named(part) if FILE_PART in part else part for part in content["parts"]]}


def _named(part: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": model_form.line(file=model_form.name(part[FILE_PART]["name"]))}


def _generation(question: Question, usual_output_tokens: int) -> dict[str, Any]:
    usual = question.max_output_tokens or usual_output_tokens
    generation: dict[str, Any] = {"maxOutputTokens": min(usual * (2 if question.more_room else 1), MOST_OUTPUT_TOKENS)}
    # Thoughts count against the same limit as the answer.
    if (question.more_room or question.max_output_tokens) and _knows_thinking_levels(question.model):
        generation["thinkingConfig"] = {"thinkingLevel": "LOW"}
    return generation


def _knows_thinking_levels(model: str) -> bool:
    """Whether the level "low" makes this model think less. Lite models think less anyway, older ones have no levels."""
    return model.startswith(("gemini-3", "gemini-4")) and "lite" not in model


def _apart(content: Content) -> list[Content]:
    """The files of tool results in a content of their own: Gemini refuses parts beside the responses now and then.

    https://github.com/google-gemini/gemini-cli/issues/16135
    """
    responses = [part for part in content["parts"] if "functionResponse" in part]
    others = [part for part in content["parts"] if "functionResponse" not in part]
    return [{**content, "parts": parts} for parts in (responses, others) if parts]


def _wire(content: Content) -> Content:
    """The entry as it is sent: with bytes in base64."""
    return {**content, "parts": [_encoded(part) for part in without_files(content)["parts"]]}


def _encoded(part: dict[str, Any]) -> dict[str, Any]:
    blob = part.get("inlineData")
    if blob is None or not isinstance(blob["data"], bytes):
        return part
    return {"inlineData": {**blob, "data": base64.b64encode(blob["data"]).decode()}}
