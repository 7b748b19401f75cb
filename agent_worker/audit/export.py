"""The lines of an export: the records of a period, oldest decision first, and a summary. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from agent_worker.audit.chain import SUMMARY, chained
from agent_worker.audit.conversations import Found
from agent_worker.payloads.decisions import DecisionRecord

GRANTED = "granted"  # the outcome of a call that a grant has allowed, in the summary


@dataclass(frozen=True)
class Wanted:
    """From the day `since` to the day `until`, both included, in UTC; `channel` is "" for all channels."""

    since: date | None = None
    until: date | None = None
    channel: str = ""

    def holds(self, day: str) -> bool:
        """`day` is as in 2026-11-29, so the order of the texts is that of the days."""
        return (self.since is None or self.since.isoformat() <= day) and (
            self.until is None or day <= self.until.isoformat()
        )

    def has(self, record: DecisionRecord) -> bool:
        return self.holds(datetime.fromtimestamp(record.decided_at, UTC).date().isoformat())


def lines(found: Found, wanted: Wanted) -> Iterator[str]:
    """One for each record of what is wanted, and a last one that counts."""
    records = sorted(filter(wanted.has, found.records), key=lambda one: (one.decided_at, one.channel, one.id))
    return chained(
        [*(record.model_dump(mode="json") for record in records), {SUMMARY: _summary(records, found, wanted)}]
    )


def _summary(records: list[DecisionRecord], found: Found, wanted: Wanted) -> dict[str, Any]:
    counts = [count for day, count in found.days if wanted.holds(day)]
    turns, questions = sum(one.turns for one in counts), sum(one.questions for one in counts)
    outcomes = Counter(GRANTED if record.grant else record.outcome for record in records)
    return {
        "since": wanted.since.isoformat() if wanted.since else None,
        "until": wanted.until.isoformat() if wanted.until else None,
        "channel": wanted.channel or None,
        "turns": turns,
        "questions": questions,
        "questions_per_turn": round(questions / turns, 3) if turns else None,
        "calls": len(records),
        "outcomes": dict(sorted(outcomes.items())),
        "grants": dict(sorted(Counter(record.grant for record in records if record.grant).items())),
        "dropped": found.dropped,
        "unread": found.unread,
    }
