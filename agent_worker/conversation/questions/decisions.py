"""The record of a conversation's decisions: made when the fate of a call is known, and bounded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent_worker.contract.messages import Thread
from agent_worker.conversation.questions import outcomes
from agent_worker.conversation.questions.question import Item, Question
from agent_worker.conversation.questions.secrecy import bounded, without_secrets
from agent_worker.payloads.decisions import DayCount, DecisionLog, DecisionRecord
from agent_worker.payloads.model import FILES
from text.lines import cut

KEPT, KEPT_BYTES = 200, 300_000  # of the newest records; the next run has to carry them
LONGEST_ARGUMENTS = 4_000  # bytes
LONGEST_RESULT = 2_000  # bytes
LONGEST_REASON = 1_000  # characters
DAYS = 400  # that are counted one by one; those before are forgotten
_RETURNED = ("output", "error", FILES)  # of a result, what the tool has said


@dataclass(kw_only=True)
class Decisions:
    """In the order in which they were made."""

    records: list[DecisionRecord] = field(default_factory=list)
    dropped: int = 0
    days: dict[str, DayCount] = field(default_factory=dict)

    @property
    def log(self) -> DecisionLog:
        return DecisionLog(records=self.records, dropped=self.dropped, days=self.days)

    # Counting

    def note_turn(self, now: float) -> None:
        """A turn of people; what goes on after a decision is none."""
        self._count(now, turns=1)

    def note_question(self, now: float) -> None:
        self._count(now, questions=1)

    def _count(self, now: float, *, turns: int = 0, questions: int = 0) -> None:
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        before = self.days.get(day, DayCount())
        self.days[day] = DayCount(turns=before.turns + turns, questions=before.questions + questions)
        while len(self.days) > DAYS:
            del self.days[next(iter(self.days))]

    # Recording

    def note(self, question: Question, thread: Thread, now: float) -> None:
        """Records those calls of the question of which it is known by now what became of them."""
        for at, item in enumerate(question.items):
            if item.result is not None and not item.is_recorded:
                item.is_recorded = True
                self._add(_record(question, at, item, thread, now))

    def note_granted(
        self, question: Question, result: Mapping[str, Any], *, grant: str, identity: str, thread: Thread, now: float
    ) -> None:
        """Records a call that has run without being asked about: `question` is what would have been asked about it.

        `grant` is the id of the grant that allows it, and `identity` tells this call from all others.
        """
        item = Item(call=question.items[0].call, outcome="approved", at=question.asked_at, result=dict(result))
        record = _record(question, 0, item, thread, now)
        self._add(record.model_copy(update={"id": identity, "grant": grant}))

    def _add(self, record: DecisionRecord) -> None:
        self.records = [*self.records, record]
        sizes = [len(one.model_dump_json().encode()) for one in self.records]
        too_many = 0
        while len(sizes) - too_many > KEPT or sum(sizes[too_many:]) > KEPT_BYTES:
            too_many += 1
        self.records, self.dropped = self.records[too_many:], self.dropped + too_many


def _record(question: Question, at: int, item: Item, thread: Thread, now: float) -> DecisionRecord:
    has_run = item.outcome == "approved" and question.kind == "approve"
    result = item.result or {}
    decided_by = item.approved_by if item.outcome == "approved" else []
    return DecisionRecord(
        id=outcomes.mark(question, at),
        team=thread.team,
        channel=thread.channel,
        thread_ts=thread.thread_ts,
        turn=question.turn.key,
        kind=question.kind,
        agent=question.agent,
        agent_version=question.agent_version,
        tool=item.call.name,
        arguments=bounded(without_secrets(item.arguments), LONGEST_ARGUMENTS),
        edited=item.edited is not None,
        asked_by=[author.id for author in question.askers],
        asked_at=question.asked_at,
        approved_by=item.approved_by,
        decided_by=decided_by or ([item.by] if item.by else []),
        decided_at=item.at,
        outcome=item.outcome,
        reason=cut(item.reason, LONGEST_REASON),
        result=_returned(result) if item.outcome == "approved" else None,
        is_error=has_run and "error" in result,
        executed_at=now if has_run else None,
    )


def _returned(result: Mapping[str, Any]) -> Any:
    """What the tool has said, without what we have put beside it for the model."""
    said = {name: result[name] for name in _RETURNED if name in result}
    return bounded(without_secrets(said), LONGEST_RESULT)
