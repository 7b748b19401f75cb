"""The workflow run behind a thread and its steps, read from Temporal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.names import workflow_id
from emulators.slack.presentation.visible_text import Reader
from playground.page.fields import Json, RefusedError
from playground.page.inside.decisions import Decisions
from playground.page.inside.recorded_step import recorded_step
from playground.page.inside.secrecy import Secrecy
from playground.page.inside.step_details import StepDetails
from playground.page.inside.timeline import Timeline
from playground.page.surroundings import Surroundings
from process.temporal import runtime

PATIENCE = 3.0  # seconds to wait for Temporal; the page asks again soon
LONGEST_TIMELINE = 300  # lines of the timeline that are sent, the newest
AWAY = "Temporal does not answer just now"
NO_RUN = "the agent has not taken part in this thread"
NO_STEP = "the run has no such step, or nothing is in it"


class WorkflowRuns:
    """Connects to Temporal when it is first asked."""

    def __init__(self, surroundings: Surroundings, reader: Reader, team: str) -> None:
        self._surroundings = surroundings
        self._reader = reader
        self._team = team
        self._decisions = Decisions(reader.line)
        self._client: Client | None = None

    async def describe(self, channel: str, thread_ts: str) -> Json:
        """{workflow_id, run_id, status, steps, decisions}; `decisions` is None while no worker tells them.

        Raises RefusedError: 404 if the thread has no run, 503 if Temporal does not answer.
        """
        client, name = await self._connected(), workflow_id(self._team, channel, thread_ts)
        with _translated(NO_RUN):
            async with asyncio.timeout(PATIENCE):
                described = await client.get_workflow_handle(name).describe()
                history = await client.get_workflow_handle(name, run_id=described.run_id).fetch_history()
        timeline = Timeline(self._reader.line)
        timeline.read(history.events)
        raw = described.raw_description
        task = raw.pending_workflow_task if raw.HasField("pending_workflow_task") else None
        timeline.pending(raw.pending_activities, task, now=time.time())
        decisions = await self._decisions.of(client, name, str(described.run_id), len(history.events))
        return self._described(described, timeline) | {"decisions": decisions}

    async def open_step(self, channel: str, thread_ts: str, run_id: str, step_id: str) -> Json:
        """What `StepDetails` tells of one step of the run, whose id is that of `describe`.

        Raises RefusedError: 404 if there is no such step, or nothing in it, 503 if Temporal does not answer.
        """
        client, name = await self._connected(), workflow_id(self._team, channel, thread_ts)
        with _translated(NO_STEP):
            async with asyncio.timeout(PATIENCE):
                history = await client.get_workflow_handle(name, run_id=run_id).fetch_history()
        step = recorded_step(history.events, int(step_id)) if step_id.isdecimal() else None
        if step is None:
            raise RefusedError(404, NO_STEP)
        around, activity = self._surroundings, (run_id, step.activity_id)
        details = StepDetails(around.log, Secrecy(around.secrets), is_scripted=around.model == "scripted")
        exchanges, calls = around.log.gemini.of(*activity), around.log.slack.of(*activity)
        # In a thread of its own: a request may be large, and the page's server is the local Slack's, too.
        return await asyncio.to_thread(details.of, step, exchanges, calls)

    def _described(self, described: WorkflowExecutionDescription, timeline: Timeline) -> Json:
        return {
            "workflow_id": described.id,
            "run_id": described.run_id,
            "status": described.status.name.lower() if described.status else "",
            "steps": [asdict(step) for step in timeline.steps[-LONGEST_TIMELINE:]],
        }

    async def _connected(self) -> Client:
        if self._surroundings.temporal is None:
            raise RefusedError(503, AWAY)
        if self._client is None:
            self._client = await Client.connect(**{**self._surroundings.temporal, "lazy": True}, runtime=runtime())
        return self._client


@contextmanager
def _translated(missing: str) -> Iterator[None]:
    """Raises RefusedError in place of Temporal's errors; `missing` says what there is not if it knows no such run."""
    try:
        yield
    except (TimeoutError, RuntimeError) as error:  # RuntimeError: the client cannot connect at all
        raise RefusedError(503, AWAY) from error
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):  # the latter: no id of a run
            raise RefusedError(404, missing) from error
        raise RefusedError(503, AWAY) from error
