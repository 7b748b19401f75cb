"""Reads what release 0.2 wrote into Temporal's histories, so that its conversations go on. Pure.

To be removed, with its uses, when no conversation of release 0.2 is open any more (docs/decisions/0008-deployments.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECONDS_IN_A_DAY = 86_400


def policy_in(opened: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of AgentPolicy in an `Opened` that has them beside its others, under other names."""
    return {
        "gemini_model": opened["model"],
        "gemini_timeout_seconds": opened["model_seconds"],
        "agent_max_model_calls": opened["max_model_calls"],
        "agent_context_tokens": opened["context_tokens"],
        "agent_max_app_turns": opened.get("max_app_turns", 5),
        "agent_max_hourly_turns": opened.get("max_hourly_turns", 60),
        "agent_idle_days": opened["idle_seconds"] / SECONDS_IN_A_DAY,
        "agent_titles": "model" if opened.get("names_conversations") else "off",
        "thread_replies": opened.get("thread_replies", "all"),
    }


# A carried conversation had the fields of its parts beside its own; a part's new name for a field stands first.
_TRANSCRIPT = ("epoch", "entries", "size", "confirmed", "turn_start", "prompt_tokens", "poisoned_turns")
_INBOX = {
    "messages": "inbox",
    "waiting": "waiting",
    "seen": "seen",
    "ahead": "ahead",
    "stopped_at": "stopped_at",
    "again": "again",
}
_RENAMED = {"participants": "people", "limits": "governor"}


def conversation_in(carried: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Conversation in what a run carried over."""
    if "transcript" in carried:
        return dict(carried) | _participants_in(carried)
    own = {name: value for name, value in carried.items() if name not in {*_TRANSCRIPT, *_INBOX.values()}}
    renamed = {name: own.pop(old) for name, old in _RENAMED.items() if old in own}
    transcript = {name: carried[name] for name in _TRANSCRIPT if name in carried}
    inbox = {name: carried[old] for name, old in _INBOX.items() if old in carried}
    return {**own, **renamed, **_participants_in(renamed), "transcript": transcript, "inbox": inbox}


def _participants_in(carried: Mapping[str, Any]) -> dict[str, Any]:
    """The participants with verdicts, which are no longer fresh, in place of bare refusals."""
    participants = carried.get("participants")
    if not isinstance(participants, dict) or "verdicts" in participants:
        return {}
    verdicts = {user: {"refusal": reason} for user, reason in participants.get("refused", {}).items()}
    here = {"refusal": participants.get("refused_here", "")}
    others = {name: value for name, value in participants.items() if name not in {"refused", "refused_here"}}
    return {"participants": {**others, "verdicts": verdicts, "here": here}}
