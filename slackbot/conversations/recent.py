"""A person's recent conversations with the agent, as Temporal lists them."""

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
from slackbot.conversations.beginnings import Beginnings
from slackbot.events.ids import CHANNEL, has_form

LISTED = 200  # runs: Temporal lists those that are open first, then the closed ones, each time the newest first
DESCRIBED = 50  # conversations of one person; if there are more, the oldest are left out
SHOWN = 20  # conversations
# For all calls together: of the 3 s that Slack waits, showing or stopping what was found needs the rest.
TIMEOUT = 1.0  # seconds
TEMPORAL_IS_AWAY = (RPCError, TimeoutError)

State = Literal["working", "open", "closed"]


@dataclass(frozen=True)
class RecentConversation:
    """One conversation; `title` is "" if it has none. A closed conversation goes on with the next message."""

    thread: Thread
    title: str
    state: State
    started: datetime


@dataclass(frozen=True)
class _Listed:
    """A conversation and its newest run. A closed conversation that goes on has a new run."""

    run: WorkflowExecution
    thread: Thread
    title: str


class RecentConversations:
    """Asks Temporal, whose list may be a second behind. Raises RPCError or TimeoutError while Temporal is away."""

    def __init__(self, client: Client, task_queue: str, team: str, *, timeout: float = TIMEOUT) -> None:
        self._client = client
        self._team = team
        self._timeout = timeout
        self._query = (
            f"WorkflowType = '{AGENT_WORKFLOW}' AND TaskQueue = '{task_queue}' "
            f"AND WorkflowId STARTS_WITH '{workflow_id_prefix(team)}' AND ExecutionStatus != 'ContinuedAsNew'"
        )
        self._beginnings = Beginnings(client, self._query)

    @property
    def is_complete(self) -> bool:
        """Whether the last look knew all conversations. Just after the bot has started, older ones may be missing."""
        return self._beginnings.is_complete

    def read_ahead(self) -> None:
        """Begins to read who began which conversation, so that nobody has to wait for it."""
        self._beginnings.read_ahead()

    async def of(self, user: str, direct: str = "") -> list[RecentConversation]:
        """The conversations that the person began, and all in their direct messages, the channel `direct`.

        Those at which the agent works come first, then the newest; at most SHOWN.
        """
        async with asyncio.timeout(self._timeout):
            begun, private = await asyncio.gather(self._begun_by(user), self._in_direct_messages(direct))
            listed = {one.run.id: one for one in [*begun, *private]}.values()
            return (await self._described(listed))[:SHOWN]

    async def at_work(self, user: str, channel: str, others: Iterable[Thread] = ()) -> list[Thread]:
        """The threads of this channel in which the agent is working for the person.

        `others` are threads to look at that Temporal may not list yet.
        """
        async with asyncio.timeout(self._timeout):
            listed = await self._in_direct_messages(channel) or await self._begun_by(user, self._prefix(channel))
            running = [one for one in listed if one.run.status == WorkflowExecutionStatus.RUNNING]
            working = [one.thread for one in await self._described(running) if one.state == "working"]
            unlisted = [thread for thread in others if thread not in {one.thread for one in listed}]
            states = await asyncio.gather(*map(self._state, map(_id, unlisted)))
            return [*working, *(thread for thread, state in zip(unlisted, states, strict=True) if state == "working")]

    async def _begun_by(self, user: str, prefix: str = "") -> list[_Listed]:
        """The conversations of which the person began a run. A title from another person's run is not shown."""
        names = [name for name in await self._beginnings.of(user) if name.startswith(prefix)][:DESCRIBED]
        if not names:
            return []
        listed = []
        for runs in await self._runs(f"WorkflowId IN ({', '.join(map(_quoted, names))})"):
            own = [run for run in runs if await run.memo_value(MEMO_USER, None) == user]
            listed += [await _listed(runs[0], own)] if own else []
        return listed

    async def _in_direct_messages(self, channel: str) -> list[_Listed]:
        """All conversations in a person's direct messages; none if the channel is of another kind."""
        if not has_form(channel, CHANNEL) or not channel.startswith("D"):
            return []
        runs_of_each = await self._runs(f"WorkflowId STARTS_WITH '{self._prefix(channel)}'")
        return [await _listed(runs[0], runs) for runs in runs_of_each]

    def _prefix(self, channel: str) -> str:
        return workflow_id(self._team, channel, "")

    async def _runs(self, condition: str) -> list[list[WorkflowExecution]]:
        """The runs of each conversation, newest first; a run that was continued as a new one is left out."""
        query = f"{self._query} AND {condition}"
        listing = self._client.list_workflows(query, limit=LISTED, page_size=LISTED, rpc_timeout=self._call_timeout)
        runs = [run async for run in listing if thread_of(run.id) is not None]
        ordered = sorted(runs, key=lambda run: (run.id, run.start_time), reverse=True)
        return [list(same) for _, same in groupby(ordered, key=lambda run: run.id)]

    async def _described(self, listed: Iterable[_Listed]) -> list[RecentConversation]:
        """The conversations with their states: those at which the agent works first, then the newest."""
        newest = sorted(listed, key=lambda one: one.run.start_time, reverse=True)[:DESCRIBED]
        described = await asyncio.gather(*map(self._describe, newest))
        return sorted(described, key=lambda one: one.state != "working")

    async def _describe(self, listed: _Listed) -> RecentConversation:
        is_running = listed.run.status == WorkflowExecutionStatus.RUNNING
        state = await self._state(listed.run.id) if is_running else "closed"
        return RecentConversation(listed.thread, listed.title, state, listed.run.start_time)

    async def _state(self, name: str) -> State:
        """A run is working if an activity is under way, or if it has something to do that no worker has begun yet."""
        handle = self._client.get_workflow_handle(name)
        run = await handle.describe(rpc_timeout=self._call_timeout)
        if run.status != WorkflowExecutionStatus.RUNNING:
            return "closed"
        described = run.raw_description
        has_work = described.pending_activities or described.HasField("pending_workflow_task")
        return "working" if has_work else "open"

    @property
    def _call_timeout(self) -> timedelta:
        return timedelta(seconds=self._timeout)


def _id(thread: Thread) -> str:
    return workflow_id(thread.team, thread.channel, thread.thread_ts)


def _quoted(name: str) -> str:
    return f"'{name}'"


async def _listed(newest: WorkflowExecution, titled: Sequence[WorkflowExecution]) -> _Listed:
    """A conversation by its newest run, with the title of the newest of the runs `titled` that has one.

    The title "" was taken back, with those of the runs before.
    """
    titles = [await run.memo_value(MEMO_TITLE, None) for run in titled]
    thread = thread_of(newest.id)
    assert thread is not None  # noqa: S101  `_runs` leaves out all others
    return _Listed(newest, thread, next((title for title in titles if isinstance(title, str)), ""))
