"""What people think of the answers: each person's newest opinion of a turn, and the conversation that it is about.

It is read from Temporal's list of conversations and their histories, which needs no worker, and exists for as long as
Temporal keeps the conversation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Feedback, Thread
from agent_worker.contract.names import AGENT_WORKFLOW, MEMO_FEEDBACK, thread_of
from agent_worker.turn_history import HistoricTurn, Talk, TalkReader


@dataclass(frozen=True)
class Judgement:
    """`turn` is None if Temporal does not have its history any more, or if people have deleted what they asked."""

    thread: Thread
    feedback: Feedback
    talk: Talk
    turn: HistoricTurn | None


async def judgements(client: Client, task_queue: str) -> list[Judgement]:
    """All feedback on this agent's answers, oldest first. Raises RPCError if Temporal does not answer."""
    newest: dict[tuple[Thread, str, str], Feedback] = {}
    runs: dict[Thread, list[WorkflowExecution]] = {}
    async for thread, run in _conversations(client, task_queue):
        runs.setdefault(thread, []).append(run)
        for record in await run.memo_value(MEMO_FEEDBACK, []):
            feedback = Feedback.model_validate(record)
            key = (thread, feedback.turn, feedback.user)
            # Of two runs that know the same click, the later one may know the reason, too.
            if key not in newest or _rank(newest[key]) < _rank(feedback):
                newest[key] = feedback
    talks = {thread: await _talk(client, runs[thread]) for thread in {key[0] for key in newest}}
    found = [
        Judgement(thread, one, talks[thread], _turn(talks[thread], one.turn)) for (thread, _, _), one in newest.items()
    ]
    return sorted(found, key=lambda one: float(one.feedback.at))


def _turn(talk: Talk, key: str) -> HistoricTurn | None:
    turn = talk.turns.get(key)
    return turn if turn is not None and talk.question(turn) else None


def _rank(feedback: Feedback) -> tuple[float, bool]:
    return float(feedback.at), bool(feedback.reason)


async def _conversations(client: Client, task_queue: str) -> AsyncIterator[tuple[Thread, WorkflowExecution]]:
    """Every run; a conversation that was closed and opened again has several runs."""
    query = f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{task_queue}'"
    async for execution in client.list_workflows(query):
        thread = thread_of(execution.id)
        if thread is not None:
            yield thread, execution


async def _talk(client: Client, runs: list[WorkflowExecution]) -> Talk:
    """What the histories of these runs tell; one that is gone since it was listed is left out."""
    reader = TalkReader()
    for run in sorted(runs, key=lambda one: one.start_time):
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        try:
            await reader.read(handle.fetch_history_events())
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
    return reader.talk
