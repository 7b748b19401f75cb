"""The runs of conversations in Temporal: found, ended, deleted, and begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistoryEventFilterType,
)
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Start, Thread, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, MEMO_USER, USER_MESSAGE, thread_of
from agent_worker.erasure import targets
from agent_worker.erasure.targets import DirectMessages, Target
from agent_worker.erasure.unanswered import Questions

REASON = "erased"  # why a run was ended; what such a run has not answered is asked again
CALL_TIMEOUT = timedelta(seconds=10)
FINISHES_WITHIN = 30.0  # seconds that a turn which is being answered is given to end by itself
GONE_WITHIN = 30.0  # seconds until Temporal has deleted a run
PAUSE = 0.2  # seconds between two looks


@dataclass(frozen=True)
class Found:
    """A conversation with its runs; `unanswered` are the questions that it leaves without an answer."""

    thread: Thread
    runs: Sequence[WorkflowExecution]

    @property
    def is_open(self) -> bool:
        return any(run.status == WorkflowExecutionStatus.RUNNING for run in self.runs)


class ConversationRuns:
    """Touches the conversations of one task queue only. Raises RPCError if Temporal refuses or cannot be reached."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def find(self, target: Target) -> list[Found]:
        """The conversations that the target names, with all their runs, also those that are closed."""
        query = f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{self._task_queue}'"
        listed = [run async for run in self._client.list_workflows(query, rpc_timeout=CALL_TIMEOUT)]
        own = await _direct_messages(target.user, listed) if isinstance(target, DirectMessages) else set()
        found: dict[Thread, list[WorkflowExecution]] = {}
        for run in listed:
            thread = thread_of(run.id)
            if thread is not None and targets.holds(target, thread, own):
                found.setdefault(thread, []).append(run)
        return [Found(thread, runs) for thread, runs in found.items()]

    async def erase(self, found: Found) -> int:
        """Ends the conversation, asks anew what it has not answered, and deletes its runs.

        Returns how many questions are asked anew. Can be done again after it was interrupted at any point.
        """
        runs = await self._ended(found.runs)
        unanswered = [message for run in runs for message in await self._unanswered(run)]
        for message in unanswered:
            await self._ask_anew(found, message)
        for run in runs:
            await self._delete(run)
        return len(unanswered)

    async def _ended(self, runs: Sequence[WorkflowExecution]) -> list[WorkflowExecution]:
        """The runs, all of them ended, and those in which the conversation has gone on since they were found."""
        known = {run.run_id: run for run in runs}
        to_end = list(runs)
        while to_end:
            run = to_end.pop()
            if run.status == WorkflowExecutionStatus.RUNNING:
                await self._end(run)
            following = await self._following(run)
            if following is not None and following.run_id not in known:
                known[following.run_id] = following
                to_end.append(following)
        return list(known.values())

    async def _following(self, run: WorkflowExecution) -> WorkflowExecution | None:
        """The run into which this one was continued; None if there is none, or if it is deleted."""
        try:
            events = self._handle(run).fetch_history_events(
                event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT, rpc_timeout=CALL_TIMEOUT
            )
            last = [event async for event in events][-1]
            if last.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                return None
            run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
            return await self._client.get_workflow_handle(run.id, run_id=run_id).describe(rpc_timeout=CALL_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _end(self, run: WorkflowExecution) -> None:
        """Waits a while for the turn that is being answered, then ends the run."""
        handle = self._handle(run)
        try:
            async with asyncio.timeout(FINISHES_WITHIN):
                while await _is_at_work(handle):  # noqa: ASYNC110  Temporal tells nobody
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            pass
        try:
            await handle.terminate(reason=REASON, rpc_timeout=CALL_TIMEOUT)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # it has ended by itself
                raise

    async def _unanswered(self, run: WorkflowExecution) -> list[UserMessage]:
        """The questions without an answer of a run that was ended here; of any other run, none."""
        try:
            events = [event async for event in self._handle(run).fetch_history_events(rpc_timeout=CALL_TIMEOUT)]
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return []
            raise
        return Questions().read(events) if _was_ended_here(events) else []

    async def _ask_anew(self, found: Found, message: UserMessage) -> None:
        """The new run reads in Slack what the thread still shows, and which of the questions are answered."""
        await self._client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=found.thread),
            id=found.runs[0].id,
            task_queue=self._task_queue,
            start_signal=USER_MESSAGE,
            start_signal_args=[message],
            memo={MEMO_USER: message.user},
            rpc_timeout=CALL_TIMEOUT,
        )

    async def _delete(self, run: WorkflowExecution) -> None:
        execution = Execution(workflow_id=run.id, run_id=run.run_id)
        request = DeleteWorkflowExecutionRequest(namespace=self._client.namespace, workflow_execution=execution)
        try:
            await self._client.workflow_service.delete_workflow_execution(request, timeout=CALL_TIMEOUT)
            async with asyncio.timeout(GONE_WITHIN):
                while True:
                    await self._handle(run).describe(rpc_timeout=CALL_TIMEOUT)
                    await asyncio.sleep(PAUSE)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise

    def _handle(self, run: WorkflowExecution) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(run.id, run_id=run.run_id)


async def _direct_messages(user: str, listed: Sequence[WorkflowExecution]) -> set[str]:
    """The channels of direct messages in which the person has begun a conversation: nobody else can write there."""
    channels = set()
    for run in listed:
        thread = thread_of(run.id)
        if thread is not None and thread.is_direct and await run.memo_value(MEMO_USER, None) == user:
            channels.add(thread.channel)
    return channels


async def _is_at_work(handle: WorkflowHandle[object, object]) -> bool:
    described = (await handle.describe(rpc_timeout=CALL_TIMEOUT)).raw_description
    return bool(described.pending_activities) or described.HasField("pending_workflow_task")


def _was_ended_here(events: Sequence[HistoryEvent]) -> bool:
    last = events[-1]
    ended = last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
    return ended and last.workflow_execution_terminated_event_attributes.reason == REASON
