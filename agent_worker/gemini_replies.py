"""What a reply of Gemini is worth: an answer, calls, nothing usable, or the end of the turn. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent_worker.errors import BLOCKED_ANSWER, BLOCKED_PROMPT, NOT_PERMITTED
from agent_worker.requests import CUT_OFF, Content, ModelReply, ToolCall

MISSING_SIGNATURE = "missing_thought_signature"  # about what was sent, not about the answer
EMPTY = "empty"
_CUT_OFF_NOTE = "\n\n_(My answer was cut off here, because it became too long.)_"
_BLOCKED = (
    *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "ESCALATION", "MODEL_ARMOR"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
)
_CUT_OFF = ("MAX_TOKENS", "CONTINUATION")  # the latter: Gemini would go on in another request
# Nothing that comes with these can be relied on, not even calls or text.
_UNUSABLE = (
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "MALFORMED_RESPONSE",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
)


def judge(response: Mapping[str, Any], *, may_call_tools: bool) -> ModelReply:
    """The reply in a GenerateContentResponse (JSON, camelCase). Its parts decide; the finish reason only warns."""
    tokens = (response.get("usageMetadata") or {}).get("promptTokenCount") or 0
    candidates = response.get("candidates") or []
    if not candidates:
        is_blocked = bool((response.get("promptFeedback") or {}).get("blockReason"))
        return _failed(BLOCKED_PROMPT, tokens) if is_blocked else _unusable(EMPTY, tokens)
    reason = str(candidates[0].get("finishReason") or "")
    content = _compact(candidates[0].get("content") or {})
    if reason in _BLOCKED:
        return _failed(BLOCKED_ANSWER, tokens)
    if reason == "PUP_LIMITED_DISABLED":
        return _failed(NOT_PERMITTED, tokens)
    if reason in _UNUSABLE:
        return _unusable(reason.lower(), tokens)
    calls = [part["functionCall"] for part in content["parts"] if "functionCall" in part]
    if calls:
        return _with_calls(content, calls, reason, tokens, may_call_tools=may_call_tools)
    return _without_calls(content, reason, tokens)


def _with_calls(
    content: Content, calls: Sequence[Mapping[str, Any]], reason: str, tokens: int, *, may_call_tools: bool
) -> ModelReply:
    if reason in _CUT_OFF:
        return _unusable(CUT_OFF, tokens)  # the last call may be half a call
    if not may_call_tools:
        return _unusable("unexpected_tool_call", tokens)
    if not all(call.get("name") for call in calls):
        return _unusable("malformed_function_call", tokens)
    asked = [ToolCall(name=call["name"], args=call.get("args") or {}, id=call.get("id")) for call in calls]
    return ModelReply(content=content, text=_visible_text(content), calls=asked, prompt_tokens=tokens)


def _without_calls(content: Content, reason: str, tokens: int) -> ModelReply:
    text = _visible_text(content)
    is_cut_off = reason in _CUT_OFF
    if text.strip():
        return ModelReply(content=content, text=text + _CUT_OFF_NOTE * is_cut_off, prompt_tokens=tokens)
    if is_cut_off:
        return _unusable(CUT_OFF, tokens)
    return _unusable(EMPTY if reason in ("", "STOP", "FINISH_REASON_UNSPECIFIED") else reason.lower(), tokens)


def _failed(code: str, tokens: int) -> ModelReply:
    return ModelReply(failed=code, prompt_tokens=tokens)


def _unusable(reason: str, tokens: int) -> ModelReply:
    return ModelReply(unusable=reason, prompt_tokens=tokens)


def _visible_text(content: Content) -> str:
    return "".join(part.get("text", "") for part in content["parts"] if not part.get("thought"))


def _compact(content: Mapping[str, Any]) -> Content:
    """The content to store: no part is merged, and no signature lost; thoughts without one are not kept."""
    parts = [_sendable(part) for part in content.get("parts") or [] if part]
    return {"role": "model", "parts": [part for part in parts if not part.get("thought") or "thoughtSignature" in part]}


def _sendable(part: Mapping[str, Any]) -> dict[str, Any]:
    """Gemini sends a signature on its own, but takes it back only beside a text."""
    return {"text": "", **part} if part.keys() <= {"thought", "thoughtSignature"} else dict(part)
