"""Thought signatures in the transcript: a model takes only its own. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.payloads.model import Content

# Google documents it for calls that have no signature. It is sent as it stands here: it is valid base64 too.
DUMMY_SIGNATURE = "skip_thought_signature_validator"


def without_signatures(contents: Sequence[Content]) -> list[Content]:
    """A copy without signatures, but with the dummy in the first call of each entry: Gemini insists on one there."""
    return [_unsigned(content) if content["role"] == "model" else content for content in contents]


def _unsigned(content: Content) -> Content:
    parts = [{name: value for name, value in part.items() if name != "thoughtSignature"} for part in content["parts"]]
    first_call = next((part for part in parts if "functionCall" in part), None)
    if first_call is not None:
        first_call["thoughtSignature"] = DUMMY_SIGNATURE
    return {**content, "parts": parts}
