"""What the conversations that Temporal still has have cost: one item for each turn and model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from temporalio.client import WorkflowExecution

from agent_worker.contract.messages import Thread
from agent_worker.contract.names import thread_of
from agent_worker.payloads.costs import COSTS, CostLog, CostRecord, Spent
from agent_worker.told_by_conversations import AWAY, ToldByConversations, newest


@dataclass(frozen=True)
class Cost:
    """What `record` says of one model. `thread` is None for a conversation in a terminal.

    A turn that has asked several models counts as a turn of the first of them only.
    """

    thread: Thread | None
    record: CostRecord
    spent: Spent
    turns: int


@dataclass
class Found:
    """`unread` are the workflow ids of the conversations that could not be read."""

    costs: list[Cost] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


async def costs(told: ToldByConversations, channel: str = "") -> Found:
    """`channel`: only of the conversations there. Raises RPCError if Temporal cannot be asked for its list."""
    found = Found()

    async def read(name: str, runs: Sequence[WorkflowExecution]) -> None:
        """A run that went on in another one has handed over all that it knew."""
        try:
            for log in await told.answers(newest(runs), COSTS, CostLog):
                found.costs += _costs(thread_of(name), log)
        except (*AWAY, ValueError):  # the last one: a worker of another version says it otherwise
            found.unread.append(name)

    await asyncio.gather(*(read(name, runs) for name, runs in (await told.runs(channel)).items()))
    found.unread.sort()
    return found


def _costs(thread: Thread | None, log: CostLog) -> Iterator[Cost]:
    for record in log.records:
        for number, spent in enumerate(record.spent):
            yield Cost(thread, record, spent, 0 if number else record.turns)
