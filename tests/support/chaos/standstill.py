"""Conversations that stand still: no worker goes on with them any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

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


async def why_it_stands_still(conversation: Conversation, answers_within: timedelta = ANSWERS_WITHIN) -> str:
    """Why nobody goes on with the conversation; "" if all is well.

    A history that cannot be replayed counts, too: a worker that has the conversation in memory still goes on, but no
    other one will.
    """
    runs = await conversation.stage.runs(conversation.ts, conversation.channel)
    with _as_forgetful_as(conversation.stage.worker_module):
        reasons = [await _silence(conversation, answers_within), await why_not_replayed(runs)]
    return "; ".join(filter(None, reasons))


async def _silence(conversation: Conversation, answers_within: timedelta) -> str:
    handle = await conversation.stage.workflow(conversation.ts, conversation.channel)
    try:
        await handle.query(DECISIONS, rpc_timeout=answers_within)
    except (RPCError, WorkflowQueryFailedError) as error:
        return f"a query is not answered: {error}"
    return ""


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
