"""The worker's own activities, with the parts that a test needs."""

from __future__ import annotations

from typing import Any

from agent_worker.activities.agent_activities import Activities
from agent_worker.slack.adapter import Slack

_PARTS = ("policy", "gate", "model_calls", "tools")


def activities_on(slack: Slack | None, **parts: Any) -> Activities:
    """Activities on this Slack. A part that is not given is None: who needs it, fails."""
    every: dict[str, Any] = dict.fromkeys(_PARTS) | parts
    return Activities(bot_user_id="", slack=slack, **every)
