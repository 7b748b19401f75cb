"""How a reply of Gemini is judged: an answer, tool calls, nothing usable, or the end of the turn. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent_worker.payloads.errors import BLOCKED_ANSWER, BLOCKED_PROMPT, NOT_PERMITTED
from agent_worker.payloads.model import CUT_OFF, Content, ModelReply, ToolCall
from agent_worker.payloads.storage_limits import is_too_deep, writable
from text.json_shapes import items, mapping, string

MISSING_SIGNATURE = "missing_thought_signature"  # a complaint about the request, not about the answer
EMPTY = "empty"
MALFORMED = "malformed_response"
MALFORMED_CALL = "malformed_function_call"
LONGEST_REASON = 60  # characters; a finish reason of the API is one word
_NAMESPACE = "default_api."  # reported by others; the answer to the call has to have the same name as the call
_MOST_TOKENS = 2**31  # the API's counts have 32 bits
_COMPLETE = "STOP"  # the only finish reason after which a text is known to be whole
_CUT_OFF_NOTE = "\n\n_(My answer was cut off here, because it became too long.)_"
_INCOMPLETE_NOTE = "\n\n_(My answer may be incomplete: Gemini stopped here and did not say why.)_"
_BLOCKED = (
    *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "ESCALATION", "MODEL_ARMOR"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
)
_CUT_OFF = ("MAX_TOKENS", "CONTINUATION")  # CONTINUATION: Gemini would go on in another request
# With these reasons nothing in the reply can be relied on, not even its calls or text.
_UNUSABLE = (
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "MALFORMED_RESPONSE",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
)


def judge(response: Mapping[str, Any], *, may_call_tools: bool) -> ModelReply:
    """Judges a GenerateContentResponse (JSON, camelCase).

    Its parts decide, unless the finish reason says that Gemini blocked or garbled the answer.
    Never raises: a response of another shape, or that Temporal could not store, is an unusable answer.
    """
    stored = _storable(response)
    if stored is None:
        return _unusable(MALFORMED, 0)
    tokens = _tokens(stored)
    if is_blocked(stored):
        return _failed(BLOCKED_PROMPT, tokens)
    candidates = items(stored.get("candidates"))
    if not candidates:
        return _unusable(EMPTY, tokens)
    return _judge_candidate(mapping(candidates[0]), tokens, may_call_tools=may_call_tools)


def is_blocked(response: Mapping[str, Any]) -> bool:
    """Whether Gemini blocked the prompt. Safety ratings alone do not say so: they may come with every answer."""
    return _says(mapping(response.get("promptFeedback")).get("blockReason"))


def has_ended(candidate: Mapping[str, Any]) -> bool:
    """Whether the candidate has a finish reason, so that nothing more is to come."""
    return _says(candidate.get("finishReason"))


def _says(reason: object) -> bool:
    """Whether this value of an enum of the API says anything: each enum has one that stands for "not set"."""
    return bool(string(reason)) and not string(reason).endswith("_UNSPECIFIED")


def _judge_candidate(candidate: Mapping[str, Any], tokens: int, *, may_call_tools: bool) -> ModelReply:
    reason = str(candidate.get("finishReason") or "")[:LONGEST_REASON]
    if reason in _BLOCKED:
        return _failed(BLOCKED_ANSWER, tokens)
    if reason == "PUP_LIMITED_DISABLED":
        return _failed(NOT_PERMITTED, tokens)
    if reason in _UNUSABLE:
        return _unusable(reason.lower(), tokens)
    parts = items(mapping(candidate.get("content")).get("parts"))
    if not all(map(_is_part, parts)):
        return _unusable(MALFORMED, tokens)
    content = _compact(parts)
    calls = [part["functionCall"] for part in content["parts"] if "functionCall" in part]
    if calls:
        return _with_calls(content, calls, reason, tokens, may_call_tools=may_call_tools)
    return _without_calls(content, reason, tokens)


def _with_calls(
    content: Content, calls: Sequence[Any], reason: str, tokens: int, *, may_call_tools: bool
) -> ModelReply:
    if reason in _CUT_OFF:
        return _unusable(CUT_OFF, tokens)  # the last call may be half a call
    if not may_call_tools:
        return _unusable("unexpected_tool_call", tokens)
    if not all(map(_is_call, calls)):
        return _unusable(MALFORMED_CALL, tokens)
    asked = [ToolCall(name=call["name"], args=call.get("args") or {}, id=call.get("id")) for call in calls]
    return ModelReply(content=content, text=visible_text(content["parts"]), calls=asked, prompt_tokens=tokens)


def _without_calls(content: Content, reason: str, tokens: int) -> ModelReply:
    text = visible_text(content["parts"])
    if text.strip():
        return ModelReply(content=content, text=text + _note(reason), prompt_tokens=tokens)
    if reason in _CUT_OFF:
        return _unusable(CUT_OFF, tokens)
    return _unusable(reason.lower() if _says(reason) and reason != _COMPLETE else EMPTY, tokens)


def _note(reason: str) -> str:
    """What is added to a text that ended for this reason."""
    if reason == _COMPLETE:
        return ""
    return _CUT_OFF_NOTE if reason in _CUT_OFF else _INCOMPLETE_NOTE


def _storable(response: object) -> Mapping[str, Any] | None:
    """A copy that Temporal can store; None if the response is too deep, or no JSON (Python reads NaN as a number)."""
    try:
        copy = json.loads(writable(json.dumps(response, ensure_ascii=False, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        return None
    return None if is_too_deep(copy) else mapping(copy)


def _tokens(response: Mapping[str, Any]) -> int:
    count = mapping(response.get("usageMetadata")).get("promptTokenCount")
    return count if isinstance(count, int) and 0 < count < _MOST_TOKENS else 0


def _is_part(part: object) -> bool:
    """Whether a part can be read and sent back: an object whose text, if it has one, is a string."""
    return isinstance(part, dict) and isinstance(part.get("text", ""), str)


def _is_call(call: object) -> bool:
    if not isinstance(call, dict) or not isinstance(call.get("args") or {}, dict):
        return False
    name, its_id = call.get("name"), call.get("id")
    return isinstance(name, str) and bool(name) and (its_id is None or isinstance(its_id, str))


def _failed(code: str, tokens: int) -> ModelReply:
    return ModelReply(failed=code, prompt_tokens=tokens)


def _unusable(reason: str, tokens: int) -> ModelReply:
    return ModelReply(unusable=reason, prompt_tokens=tokens)


def visible_text(parts: Iterable[Mapping[str, Any]]) -> str:
    """The text that people may see, without the model's thoughts."""
    return "".join(string(part.get("text")) for part in parts if not part.get("thought"))


def _compact(parts: Sequence[Mapping[str, Any]]) -> Content:
    """The content to store: all parts unmerged, but without empty parts and thoughts that have no signature."""
    sendable = [_sendable(part) for part in parts if part]
    kept = [part for part in sendable if not part.get("thought") or "thoughtSignature" in part]
    return {"role": "model", "parts": kept}


def _sendable(part: Mapping[str, Any]) -> dict[str, Any]:
    """The part as Gemini takes it back: it sends a signature alone, but accepts one only beside a text."""
    if part.keys() <= {"thought", "thoughtSignature"}:
        return {"text": "", **part}
    return {name: _with_declared_name(value) if name == "functionCall" else value for name, value in part.items()}


def _with_declared_name(call: object) -> object:
    """The call by the name that the tool was declared with: Gemini sometimes puts a namespace of its own before it."""
    if not isinstance(call, dict) or not isinstance(call.get("name"), str):
        return call
    return {**call, "name": call["name"].removeprefix(_NAMESPACE)}
