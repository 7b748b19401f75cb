"""Promises of what is gathered for an export: what cannot be read is named, and stops nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import ValidationError
from temporalio.client import WorkflowQueryFailedError

from agent_worker.payloads.costs import CostLog, CostRecord, Spent
from agent_worker.told_by_conversations import ToldByConversations
from agent_worker.usage.costs import costs

LOG = CostLog(records=[CostRecord(day="2026-11-30", turn="1.0", spent=[Spent(model="a"), Spent(model="b")])])


class Told:
    """In the place of Temporal: what the runs answer, by workflow id."""

    def __init__(self, **answers: CostLog | Exception) -> None:
        self._answers = answers

    async def runs(self, _channel: str) -> Mapping[str, Sequence[Any]]:
        return {name: [SimpleNamespace(status=None, id=name)] for name in self._answers}

    async def answers(self, runs: Any, *_: Any) -> list[CostLog]:
        (run,) = runs
        answer = self._answers[run.id]
        if isinstance(answer, Exception):
            raise answer
        return [answer]


def unreadable() -> ValidationError:
    """What is raised for an answer of another shape."""
    with pytest.raises(ValidationError) as raised:
        CostLog.model_validate({"records": 1})
    return raised.value


async def test_a_conversation_that_cannot_be_read_is_named_and_the_others_are_told() -> None:
    told = Told(other_shape=unreadable(), refused=WorkflowQueryFailedError("no"), fine=LOG)

    found = await costs(cast("ToldByConversations", told))

    assert found.unread == ["other_shape", "refused"]
    assert [(one.spent.model, one.turns) for one in found.costs] == [("a", 1), ("b", 0)]
