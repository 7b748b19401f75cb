"""What Temporal lists of a person's conversations with the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError

from agent_worker.contract.messages import Thread
from agent_worker.contract.names import (
    AGENT_WORKFLOW,
    MEMO_TITLE,
    MEMO_USER,
    thread_of,
    workflow_id,
    workflow_id_prefix,
)
from slackbot.events.shapes import CHANNEL, has_form

SCANNED = 200  # runs: Temporal lists those that are open first, then the others, each time the newest first
DESCRIBED = 50  # conversations of one person: of more, the oldest are left out
SHOWN = 20
# For all calls together: Slack waits 3 s, and what was found has to be shown, or stopped, in that time too.
PATIENCE = 1.0  # seconds
TEMPORAL_IS_AWAY = (RPCError, TimeoutError)

State = Literal["working", "open", "closed"]


@dataclass(frozen=True)
class Recent:
    """One conversation; `title` is "" while it has none. One that is closed goes on with the next message."""

    thread: Thread
    title: str
    state: State
    started: datetime


@dataclass(frozen=True)
class _Found:
    """A conversation by its newest run: each time that it goes on after it was closed, a run of its own begins."""

    run: WorkflowExecution
    thread: Thread
    title: str


class Recents:
    """Asks Temporal; its list may be a second behind. Raises RPCError or TimeoutError while Temporal is away."""

    def __init__(self, client: Client, task_queue: str, team: str, *, patience: float = PATIENCE) -> None:
        self._client = client
        self._task_queue = task_queue
        self._team = team
        self._patience = patience

    async def of(self, user: str, direct: str = "") -> list[Recent]:
        """What the person began, and all that is in their direct messages `direct`: at work first, then the newest.

        In a busy team only what is among the team's newest runs.
        """
        async with asyncio.timeout(self._patience):
            begun, private = await asyncio.gather(
                self._begun_by(user, workflow_id_prefix(self._team)), self._within(direct)
            )
            found = {one.run.id: one for one in [*begun, *private]}.values()
            return (await self._described(found))[:SHOWN]

    async def at_work(self, user: str, channel: str) -> list[Thread]:
        """Where in this channel the agent is working for the person."""
        async with asyncio.timeout(self._patience):
            found = await self._within(channel) or await self._begun_by(user, self._prefix(channel))
            open_ones = [one for one in found if one.run.status == WorkflowExecutionStatus.RUNNING]
            return [one.thread for one in await self._described(open_ones) if one.state == "working"]

    async def _begun_by(self, user: str, prefix: str) -> list[_Found]:
        """Those of which the person began any run; a title is shown only of a run that is the person's own."""
        found = []
        for runs in await self._list(prefix):
            own = [run for run in runs if await run.memo_value(MEMO_USER, None) == user]
            found += [await _found(runs[0], own)] if own else []
        return found

    async def _within(self, channel: str) -> list[_Found]:
        """All of a person's direct messages; nothing of any other channel."""
        if not has_form(channel, CHANNEL) or not channel.startswith("D"):
            return []
        return [await _found(runs[0], runs) for runs in await self._list(self._prefix(channel))]

    def _prefix(self, channel: str) -> str:
        return workflow_id(self._team, channel, "")

    async def _list(self, prefix: str) -> list[list[WorkflowExecution]]:
        """The runs of each conversation, newest first; of those that continue each other, the last."""
        query = (
            f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{self._task_queue}' "
            f"AND WorkflowId STARTS_WITH '{prefix}' AND ExecutionStatus != 'ContinuedAsNew'"
        )
        listing = self._client.list_workflows(query, limit=SCANNED, page_size=SCANNED, rpc_timeout=self._deadline)
        runs = [run async for run in listing if thread_of(run.id) is not None]
        ordered = sorted(runs, key=lambda run: (run.id, run.start_time), reverse=True)
        return [list(same) for _, same in groupby(ordered, key=lambda run: run.id)]

    async def _described(self, found: Iterable[_Found]) -> list[Recent]:
        """Those at work first, and then the newest first."""
        newest = sorted(found, key=lambda one: one.run.start_time, reverse=True)[:DESCRIBED]
        described = await asyncio.gather(*map(self._describe, newest))
        return sorted(described, key=lambda one: one.state != "working")

    async def _describe(self, found: _Found) -> Recent:
        return Recent(found.thread, found.title, await self._state(found.run), found.run.start_time)

    async def _state(self, run: WorkflowExecution) -> State:
        """It works while steps are under way, and when it has something to do that no worker has begun yet."""
        if run.status != WorkflowExecutionStatus.RUNNING:
            return "closed"
        handle = self._client.get_workflow_handle(run.id)
        described = (await handle.describe(rpc_timeout=self._deadline)).raw_description
        has_work = described.pending_activities or described.HasField("pending_workflow_task")
        return "working" if has_work else "open"

    @property
    def _deadline(self) -> timedelta:
        return timedelta(seconds=self._patience)


async def _found(newest: WorkflowExecution, titled: Sequence[WorkflowExecution]) -> _Found:
    titles = [await run.memo_value(MEMO_TITLE, None) for run in titled]
    thread = thread_of(newest.id)
    assert thread is not None  # noqa: S101  others are not listed
    return _Found(newest, thread, next((title for title in titles if title and isinstance(title, str)), ""))
