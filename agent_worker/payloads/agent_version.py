"""One version of an agent: all that a turn goes by. The first model call of a turn brings it into the conversation."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

from agent_worker.payloads.agent_policy import AgentPolicy, ThreadReplies
from agent_worker.payloads.inputs import Inputs
from agent_worker.payloads.questions import Approvers
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.thread import Author, ShowProgress

AGENT_VERSION = "agent_version"  # the query that returns the AgentVersion of the conversation, or None
DIGEST_CHARACTERS = 16


class AgentVersion(Stored):
    """`digest` is made of all other fields, so two versions with one digest are the same. `tools` are names."""

    agent: str
    digest: str
    model: str
    instructions: str
    tools: list[str]
    max_model_calls: int
    context_tokens: int
    thread_replies: ThreadReplies
    greeting: str
    approve: list[str] = []  # globs of tools that people are asked about, or, after "!", are not
    approvers: Approvers = Approvers()

    @classmethod
    def of(cls, **fields: Any) -> Self:
        """The version with these fields, all but the digest."""
        stored = {name: one.model_dump() if isinstance(one, Stored) else one for name, one in fields.items()}
        text = json.dumps(stored, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return cls(**fields, digest=hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS])

    def applied_to(self, policy: AgentPolicy) -> AgentPolicy:
        """The policy, with what this version says in the place of the settings."""
        return policy.model_copy(
            update={
                "gemini_model": self.model,
                "agent_max_model_calls": self.max_model_calls,
                "agent_context_tokens": self.context_tokens,
                "thread_replies": self.thread_replies,
            }
        )


class ToolRun(Stored):
    """What a tool call is given beside its arguments: for which agent and version it runs, and steps to show.

    `askers` are the people who ask in the turn: what a tool reads in Slack, all of them have to be allowed to see.
    `action_token` is Slack's permission to search for the one who has asked last. `inputs` are what people have
    answered to a server that has asked them something before it went on with this call.
    """

    agent: str = ""
    version: str = ""
    shown: ShowProgress | None = None
    askers: list[Author] = []
    action_token: str = ""
    inputs: Inputs | None = None
