"""The settings that a conversation goes by. The opening carries them whole from the worker into the conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from agent_worker.payloads.stored import Stored

Naming = Literal["model", "words", "off"]  # what gives a conversation its title
ThreadReplies = Literal["auto", "all", "mention"]  # which replies without a mention are answered


class AgentPolicy(Stored):
    """Each field is the setting of the same name in `WorkerSettings`, which says what it is for and checks it.

    To give a conversation another setting: a field there, a field here, and the place that uses it.
    """

    gemini_model: str
    gemini_timeout_seconds: float
    agent_max_model_calls: int
    agent_context_tokens: int
    agent_max_app_turns: int
    agent_max_hourly_turns: int
    agent_idle_days: float
    agent_titles: Naming
    thread_replies: ThreadReplies

    @property
    def gemini_timeout(self) -> timedelta:
        """How long Gemini may be silent during one model call."""
        return timedelta(seconds=self.gemini_timeout_seconds)

    @property
    def agent_idle(self) -> timedelta:
        """How long a conversation stays open without a message."""
        return timedelta(days=self.agent_idle_days)
