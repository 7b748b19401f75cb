"""A grant as a person gives one, and a call that it allows."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.grants import Grant, Revocation
from agent_worker.grants.book import GrantQuery

NOW = 1_766_458_000.0


def grant(number: int | str = 1, **changes: Any) -> Grant:
    """Anna (U1) lets the agent file tickets with IT, whatever they say, in C1."""
    whole: dict[str, Any] = {
        "id": f"grant-{number}",
        "agent": "default",
        "tool": "file_ticket",
        "title": "File tickets with IT",
        "pattern": {"queue": "IT"},
        "channel": "C1",
        "by": "U1",
        "at": NOW,
        "schema_digest": "digest-1",
        "question": "question-1",
    }
    return Grant(**whole | changes)


def call(**changes: Any) -> GrantQuery:
    """A call in a thread of C1 that `grant()` allows."""
    whole: dict[str, Any] = {
        "agent": "default",
        "tool": "file_ticket",
        "arguments": {"queue": "IT", "title": "Printer"},
        "channel": "C1",
        "thread_ts": "1.000000",
        "schema_digest": "digest-1",
        "now": NOW + 1,
    }
    return GrantQuery(**whole | changes)


def revocation(number: int | str = 1, by: str = "U1") -> Revocation:
    return Revocation(id=f"grant-{number}", by=by, at=NOW + 2)
