"""Conversations that stand still: no worker goes on with them any more. What is known of one is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.json_format import MessageToJson
from temporalio.client import WorkflowHistory, WorkflowQueryFailedError
from temporalio.service import RPCError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.conversation import participants
from agent_worker.payloads.decisions import DECISIONS
from agent_worker.workflow.agent import AgentWorkflow
from tests.support.chaos import forgetful_worker
from tests.support.chaos.conversation import Conversation

ANSWERS_WITHIN = timedelta(seconds=30)  # a worker that was restarted has to read the conversation first


@dataclass(frozen=True)
class Standstills:
    """Looks for them, and writes what it finds into `directory`, which it makes only then."""

    directory: Path
    answers_within: timedelta = ANSWERS_WITHIN

    async def look_at(self, conversation: Conversation) -> str:
        """Why nobody goes on with the conversation, and where to read about it; "" if all is well.

        A history that cannot be replayed counts, too: a worker that has the conversation in memory still goes on, but
        no other one will.
        """
        runs = await conversation.stage.runs(conversation.ts, conversation.channel)
        with _as_forgetful_as(conversation.stage.worker_module):
            reasons = [await self._silence(conversation), await why_not_replayed(runs)]
        why = "; ".join(filter(None, reasons))
        return f"{why} (see {await self._written(conversation, runs, why)})" if why else ""

    async def _silence(self, conversation: Conversation) -> str:
        handle = await conversation.stage.workflow(conversation.ts, conversation.channel)
        try:
            await handle.query(DECISIONS, rpc_timeout=self.answers_within)
        except (RPCError, WorkflowQueryFailedError) as error:
            return f"a query is not answered: {error}"
        return ""

    async def _written(self, conversation: Conversation, runs: Sequence[WorkflowHistory], why: str) -> Path:
        """Writes the reason, what Temporal tells of the workflow with its pending task, all histories, and the logs."""
        handle = await conversation.stage.workflow(conversation.ts, conversation.channel)
        described = (await handle.describe()).raw_description
        place = self.directory / handle.id
        place.mkdir(parents=True, exist_ok=True)
        (place / "why.txt").write_text(f"{why}\n", encoding="utf-8")
        (place / "described.json").write_text(MessageToJson(described), encoding="utf-8")
        for number, run in enumerate(runs, start=1):
            (place / f"history_{number}.json").write_text(json.dumps(run.to_json_dict(), indent=1), encoding="utf-8")
        for name, process in (("worker", conversation.stage.worker), ("bot", conversation.stage.bot)):
            (place / f"{name}.log").write_text("\n".join([*process.lines, ""]), encoding="utf-8")
        return place


async def why_not_replayed(runs: Sequence[WorkflowHistory], workflow: type = AgentWorkflow) -> str:
    """Why these histories cannot be replayed; "" if all of them can."""
    replayer = Replayer(
        workflows=[workflow], data_converter=DATA_CONVERTER, workflow_runner=UnsandboxedWorkflowRunner()
    )
    for number, run in enumerate(runs, start=1):
        failure = (await replayer.replay_workflow(run, raise_on_replay_failure=False)).replay_failure
        if failure is not None:
            return f"run {number} of {len(runs)} cannot be replayed: {failure}"
    return ""


@contextmanager
def _as_forgetful_as(worker_module: str) -> Iterator[None]:
    """Verdicts hold as long as for this worker: otherwise a replay would not do what was done there."""
    before = participants.VERDICT_LASTS
    if worker_module == forgetful_worker.__name__:
        participants.VERDICT_LASTS = forgetful_worker.VERDICT_LASTS
    try:
        yield
    finally:
        participants.VERDICT_LASTS = before
