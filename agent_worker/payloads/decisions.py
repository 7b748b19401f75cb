"""The record of what people were asked, and what became of it. A conversation keeps it; a query returns it."""

from __future__ import annotations

from typing import Any

from agent_worker.payloads.questions import Outcome, QuestionKind
from agent_worker.payloads.stored import Stored

DECISIONS = "decisions"  # the query that returns the DecisionLog of a conversation


class DecisionRecord(Stored):
    """One call that people were asked about, or that a grant has allowed. Times are in seconds since 1970.

    `id` is the question's with the call's number; `turn` is the key of the turn that asked. `asked_by`, `approved_by`
    and `decided_by` are Slack ids: `decided_by` has everybody whose word made the outcome, and nobody if it came by
    itself. `arguments` are those with which the call ran, or that were shown last. `grant` is the id of the grant that
    made the question needless; "" if people were asked. `result` is what the tool returned; None if it was not run.

    In `arguments` and `result`, {"sha256": …} stands for a secret, and {"begins": …, "bytes": …, "sha256": …} for what
    is too long.
    """

    id: str
    team: str
    channel: str
    thread_ts: str
    turn: str
    kind: QuestionKind
    agent: str
    agent_version: str
    tool: str
    arguments: dict[str, Any]
    edited: bool = False
    asked_by: list[str]
    asked_at: float
    approved_by: list[str] = []
    decided_by: list[str] = []
    decided_at: float
    outcome: Outcome
    reason: str = ""
    grant: str = ""
    result: Any = None
    is_error: bool = False
    executed_at: float | None = None


class DayCount(Stored):
    """How many turns of a day there were, and how many questions to people. Each card is one question."""

    turns: int = 0
    questions: int = 0


class DecisionLog(Stored):
    """The newest records of a conversation, in the order in which they were made.

    `dropped` counts older ones that had to give way. `days` counts by day (UTC, as in 2026-11-29).
    """

    records: list[DecisionRecord] = []
    dropped: int = 0
    days: dict[str, DayCount] = {}
