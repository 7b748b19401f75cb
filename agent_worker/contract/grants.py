"""Grants: what a person has allowed the agent to do without being asked each time, and how it is taken back.

Temporal stores them, so a later version must still be able to read them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Grant(BaseModel):
    """Calls of one tool, by one agent in one channel, that need no question any more.

    `title` says in words for people what it allows. `pattern` holds the value that each of these arguments must have;
    an argument that it does not name may be anything. `thread_ts` is "" if the grant is for the whole channel. `by` is
    the Slack id of the person who gave it. `at` and `until` are in seconds since 1970; without `until` it holds until
    it is revoked. `schema_digest` is that of the tool's schema and description: for a tool with another one, the grant
    is void. `question` is the id of the question that it was given with.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    agent: str
    tool: str
    title: str
    pattern: dict[str, Any]
    channel: str
    thread_ts: str = ""
    by: str
    at: float
    until: float | None = None
    schema_digest: str
    question: str = ""

    def holds_at(self, now: float) -> bool:
        """Whether it has not ended at `now`, in seconds since 1970."""
        return self.until is None or now < self.until


class Revocation(BaseModel):
    """Somebody takes a grant back. `id` is the grant's, `at` is in seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    id: str
    by: str
    at: float


class GrantList(BaseModel):
    """The grants of a workspace in the order in which they were given; some may have ended.

    `revoked`: when the grants were revoked that are remembered so that nothing brings them back, by id. Only what a
    workflow carries into its next run has them.
    """

    model_config = ConfigDict(frozen=True)

    grants: list[Grant] = []
    revoked: dict[str, float] = {}
