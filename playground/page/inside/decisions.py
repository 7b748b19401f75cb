"""What people have decided in a conversation, asked of its workflow, and how often they were asked."""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError
from temporalio.client import Client, RPCTimeoutOrCancelledError, WorkflowQueryFailedError
from temporalio.service import RPCError

from agent_worker.payloads.decisions import DECISIONS, DecisionLog, DecisionRecord
from playground.page.fields import Json
from playground.page.inside.descriptions import Line, listed

PATIENCE = timedelta(seconds=1)  # while no worker runs, the page shows what was told last
MOST_SHOWN = 100  # the newest
_ENDS = {"expired": "nobody decided in time", "cancelled": "called off"}


class Decisions:
    """Asks again only when the run's history has become longer: nothing else changes what is decided."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._told: dict[str, tuple[tuple[str, int], Json]] = {}  # by workflow id, with the state that it is about

    async def of(self, client: Client, workflow_id: str, run_id: str, length: int) -> Json | None:
        """{turns, questions, dropped, records}; None if no worker has told it yet. `length`: events of the history."""
        state, told = self._told.get(workflow_id, (None, None))
        if state == (run_id, length):
            return told
        try:
            handle = client.get_workflow_handle(workflow_id, run_id=run_id)
            log = DecisionLog.model_validate(await handle.query(DECISIONS, rpc_timeout=PATIENCE))
        except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError, ValidationError):
            return told
        shown = self._shown(log)
        self._told[workflow_id] = ((run_id, length), shown)
        return shown

    def _shown(self, log: DecisionLog) -> Json:
        return {
            "turns": sum(day.turns for day in log.days.values()),
            "questions": sum(day.questions for day in log.days.values()),
            "dropped": log.dropped,
            "records": [self._record(record) for record in log.records[-MOST_SHOWN:]],
        }

    def _record(self, record: DecisionRecord) -> Json:
        return {
            "id": record.id,
            "title": f"{record.tool}: {self._outcome(record)}",
            "outcome": "granted" if record.grant else record.outcome,
            "at": record.decided_at,
            "asked_by": self._people(record.asked_by),
            "agent": f"{record.agent} {record.agent_version}",
            "asked": listed(record.arguments),
            "reason": record.reason,
            "returned": listed(record.result) if isinstance(record.result, dict) else "",
            "is_error": record.is_error,
        }

    def _outcome(self, record: DecisionRecord) -> str:
        if record.grant:
            return "always allowed"
        if record.outcome in _ENDS and not record.decided_by:
            return _ENDS[record.outcome]
        word = "answered" if record.kind == "choose" and record.outcome == "approved" else record.outcome
        edited = ", edited" if record.edited else ""
        return f"{word} by {self._people(record.decided_by)}{edited}"

    def _people(self, ids: list[str]) -> str:
        return " and ".join(self._line(f"<@{one}>").removeprefix("@") for one in ids)
