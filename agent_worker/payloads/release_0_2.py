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
