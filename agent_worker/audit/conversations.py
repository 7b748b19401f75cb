"""The records of all conversations that Temporal still has, open and closed, each record once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.client import WorkflowExecution

from agent_worker.payloads.decisions import DECISIONS, DayCount, DecisionLog, DecisionRecord
from agent_worker.told_by_conversations import AWAY, ToldByConversations, newest, went_on


@dataclass
class Found:
    """`days` are those of all conversations. `dropped` counts records that no run has any more.

    `unread` are the workflow ids of the conversations that could not be read.
    """

    records: list[DecisionRecord] = field(default_factory=list)
    days: list[tuple[str, DayCount]] = field(default_factory=list)
    dropped: int = 0
    unread: list[str] = field(default_factory=list)


class Conversations:
    """Reads with queries, so a worker has to run. Raises RPCError if Temporal cannot be asked for its list."""

    def __init__(self, told: ToldByConversations) -> None:
        self._told = told

    async def read(self, channel: str = "") -> Found:
        """`channel`: only the conversations there."""
        runs = await self._told.runs(channel)
        found = Found()
        await asyncio.gather(*(self._read(name, runs[name], found) for name in runs))
        found.unread.sort()
        return found

    async def _read(self, name: str, runs: Sequence[WorkflowExecution], found: Found) -> None:
        """A run that went on in another one has carried its records over: it is read only if some were dropped since.

        A conversation that was closed and opened again has several runs that did not.
        """
        try:
            last = await self._told.answers(newest(runs), DECISIONS, DecisionLog)
            dropped = sum(log.dropped for log in last)
            earlier = await self._told.answers(filter(went_on, runs), DECISIONS, DecisionLog) if dropped else []
        except AWAY:
            found.unread.append(name)
            return
        kept = {(record.id, record.asked_at): record for log in [*earlier, *last] for record in log.records}
        found.records += kept.values()
        found.days += [day for log in last for day in log.days.items()]
        found.dropped += max(0, dropped - (len(kept) - sum(len(log.records) for log in last)))
