"""The workflow run behind a thread, read from Temporal."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict

from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.names import workflow_id
from emulators.slack.presentation.visible_text import Reader
from playground.page.fields import Json, RefusedError
from playground.page.surroundings import Surroundings
from playground.page.timeline import Timeline
from process.temporal import runtime

PATIENCE = 3.0  # seconds to wait for Temporal; the page asks again soon
LONGEST_TIMELINE = 300  # lines of the timeline that are sent, the newest
AWAY = "Temporal does not answer just now"


class WorkflowRuns:
    """Connects to Temporal when it is first asked."""

    def __init__(self, surroundings: Surroundings, reader: Reader, team: str) -> None:
        self._surroundings = surroundings
        self._reader = reader
        self._team = team
        self._client: Client | None = None

    async def describe(self, channel: str, thread_ts: str) -> Json:
        """{workflow_id, run_id, status, steps}.

        Raises RefusedError: 404 if the thread has no run, 503 if Temporal does not answer.
        """
        client, name = await self._connected(), workflow_id(self._team, channel, thread_ts)
        try:
            async with asyncio.timeout(PATIENCE):
                described = await client.get_workflow_handle(name).describe()
                history = await client.get_workflow_handle(name, run_id=described.run_id).fetch_history()
        except (TimeoutError, RuntimeError) as error:  # RuntimeError: the client cannot connect at all
            raise RefusedError(503, AWAY) from error
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise RefusedError(404, "the agent has not taken part in this thread") from error
            raise RefusedError(503, AWAY) from error
        timeline = Timeline(self._reader.line)
        timeline.read(history.events)
        raw = described.raw_description
        task = raw.pending_workflow_task if raw.HasField("pending_workflow_task") else None
        timeline.pending(raw.pending_activities, task, now=time.time())
        return self._described(described, timeline)

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
