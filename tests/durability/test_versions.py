"""Promises of worker versions: a deployment moves every conversation along, running or silent, and repeats nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType, RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker

from agent_worker import worker
from agent_worker.activities.agent_activities import Activities
from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import Start, Thread, UserMessage
from agent_worker.contract.names import AGENT_WORKFLOW, USER_MESSAGE, workflow_id
from agent_worker.settings import WorkerSettings
from agent_worker.workflow.agent import AgentWorkflow
from playground.temporal_server import temporal_command
from process import temporal
from process.settings import problems_of
from tests.support.agent_worker.rehearsal import OPENED, Cast, Held, calls, lines, text
from tests.support.durability.changed import GuardedChange

REGISTERED_WITHIN = 60.0  # seconds; a version can be made current once Temporal knows its workers


class Deployment:
    """Workers of several versions on one task queue, and one conversation; each version has a cast of its own."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.name = f"agent-{uuid4().hex[:8]}"
        self.thread = Thread(team="T1", channel=f"C{uuid4().hex[:8]}", thread_ts="1.0")
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.client: Client = await temporal.connect({"target_host": self._address}, DATA_CONVERTER)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def start(self, build_id: str, workflow: type = AgentWorkflow) -> Running:
        """A worker of this version; it gets no work before the version is current."""
        cast_ = Cast(OPENED)
        version = WorkerDeploymentVersion(self.name, build_id)
        with pytest.MonkeyPatch.context() as code:
            code.setattr(worker, "AgentWorkflow", workflow)
            running = Running(cast_, worker.build_worker(self.client, self.name, cast("Activities", cast_), version))
        await running.start()
        self._stack.push_async_callback(running.stop)
        return running

    async def make_current(self, build_id: str) -> None:
        """As the README says, again until Temporal has heard of the version's workers."""
        command = ["worker", "deployment", "set-current-version", "--deployment-name", self.name]
        async with asyncio.timeout(REGISTERED_WITHIN):
            while await self._temporal(*command, "--build-id", build_id, "--yes"):
                pass
            while not await self._is_known_everywhere():  # noqa: ASYNC110  Temporal tells nobody
                await asyncio.sleep(0.02)

    async def _is_known_everywhere(self) -> bool:
        """Temporal says yes first and tells its own parts after that; so long the version before gets messages too."""
        request = DescribeWorkerDeploymentRequest(namespace=self.client.namespace, deployment_name=self.name)
        described = await self.client.workflow_service.describe_worker_deployment(request)
        state = described.worker_deployment_info.routing_config_update_state
        return state == RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED

    async def _temporal(self, *arguments: str) -> int:
        """Runs Temporal's own command; its exit code."""
        words = [temporal_command(), *arguments, "--address", self._address]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*words, stdout=quiet, stderr=quiet, env=dict(os.environ))
        return await process.wait()

    async def say(self, ts: str) -> None:
        """Hands a message over as the bot does, which knows nothing of versions."""
        await self.client.start_workflow(
            AGENT_WORKFLOW,
            Start(thread=self.thread),
            id=self.handle.id,
            task_queue=self.name,
            start_signal=USER_MESSAGE,
            start_signal_args=[UserMessage(ts=ts, user="U1", text=f"message {ts}")],
        )

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id("T1", self.thread.channel, "1.0"))

    async def versions(self) -> list[str]:
        """The build that completed each workflow task, in order; a task that failed is "failed"."""
        told = []
        async for event in self.handle.fetch_history_events():
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                told.append(event.workflow_task_completed_event_attributes.deployment_version.build_id)
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                told.append("failed")
        return told


class Running:
    """One version's worker, and what its cast was asked to do."""

    def __init__(self, cast_: Cast, running: Worker) -> None:
        self.cast = cast_
        self._worker = running
        self._runs: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._runs = asyncio.create_task(self._worker.run())

    async def stop(self) -> None:
        """As SIGTERM does: what runs is finished, nothing new is taken."""
        if self._runs is not None and not self._runs.done():
            await self._worker.shutdown()
            await self._runs

    async def answered(self, times: int = 1) -> list[list[str]]:
        """Waits for so many answers of this version; which messages each answers."""
        async with asyncio.timeout(60):
            while len(self.cast.delivered) < times:
                self.cast.changed.clear()
                await self.cast.changed.wait()
        return [request.answers for request in self.cast.delivered]


@pytest.fixture
async def deployment(temporal_address: str) -> AsyncIterator[Deployment]:
    async with Deployment(temporal_address) as deployment:
        yield deployment


# A deployment


async def test_a_turn_that_runs_during_a_deployment_is_finished_by_the_next_version_and_nothing_is_repeated(
    deployment: Deployment,
) -> None:
    first = await deployment.start("v1")
    await deployment.make_current("v1")
    slow = Held({"output": "found"})
    first.cast.tools["slow"] = slow
    first.cast.answers.append(calls("slow"))
    await deployment.say("1.0")
    await slow.reached()

    second = await deployment.start("v2")
    second.cast.answers += [text("found it"), text("nothing else")]
    await deployment.make_current("v2")
    stopping = asyncio.create_task(first.stop())
    slow.release()
    await stopping
    await second.answered(1)
    await deployment.say("1.1")
    answered = await second.answered(2)

    assert answered == [["1.0"], ["1.1"]]
    assert second.cast.said == ["found it", "nothing else"]
    assert first.cast.delivered == []
    assert [len(first.cast.asked), len(second.cast.asked)] == [1, 2]  # no model call twice
    assert [first.cast.ran, second.cast.ran] == [["slow"], []]  # no tool twice
    assert len(first.cast.opens) + len(second.cast.opens) == 1
    assert "found" in str(second.cast.read[0])
    assert lines(second.cast.read[1])[-2:] == ["found it", "anna: message 1.1"]
    assert is_one_move(await deployment.versions())


def is_one_move(versions: Sequence[str]) -> bool:
    """Whether the first version did what came first, the second the rest, and no workflow task failed."""
    moved = versions.index("v2")
    return set(versions[:moved]) == {"v1"} and set(versions[moved:]) == {"v2"}


async def test_a_conversation_that_was_silent_since_workers_long_gone_goes_on_with_todays(
    deployment: Deployment,
) -> None:
    first = await deployment.start("v1")
    await deployment.make_current("v1")
    await deployment.say("1.0")
    await first.answered()
    await first.stop()
    second = await deployment.start("v2")
    await deployment.make_current("v2")

    await deployment.say("1.1")

    assert await second.answered() == [["1.1"]]
    assert lines(second.cast.read[0]) == ["anna: message 1.0", "yes", "anna: message 1.1"]
    assert is_one_move(await deployment.versions())


async def test_messages_wait_until_some_version_is_current(deployment: Deployment) -> None:
    first = await deployment.start("v1")
    await deployment.say("1.0")
    waiting = await deployment.versions()

    await deployment.make_current("v1")

    assert waiting == []
    assert await first.answered() == [["1.0"]]


async def test_a_version_that_disappoints_is_taken_back_and_the_conversation_goes_on(deployment: Deployment) -> None:
    first, second = await deployment.start("v1"), await deployment.start("v2")
    await deployment.make_current("v1")
    await deployment.say("1.0")
    await first.answered()
    await deployment.make_current("v2")
    await deployment.say("1.1")
    await second.answered()

    await deployment.make_current("v1")
    await deployment.say("1.2")

    assert await first.answered(2) == [["1.0"], ["1.2"]]
    assert await second.answered() == [["1.1"]]


# New code


async def test_a_conversation_moves_to_changed_code_when_the_change_is_guarded(deployment: Deployment) -> None:
    first = await deployment.start("v1")
    await deployment.make_current("v1")
    await deployment.say("1.0")
    await first.answered()
    second = await deployment.start("v2", GuardedChange)
    await deployment.make_current("v2")

    await deployment.say("1.1")

    assert await second.answered() == [["1.1"]]
    assert second.cast.looked_up == []  # the new step belongs where this conversation has gone past
    assert is_one_move(await deployment.versions())


async def test_a_conversation_that_older_code_does_not_know_waits_for_newer_code_and_loses_nothing(
    deployment: Deployment,
) -> None:
    first = await deployment.start("v1")
    second = await deployment.start("v2", GuardedChange)
    await deployment.make_current("v2")
    await deployment.say("1.0")
    await second.answered()
    await deployment.make_current("v1")
    await deployment.say("1.1")
    async with asyncio.timeout(60):
        while (await deployment.versions())[-1] != "failed":  # noqa: ASYNC110  Temporal tells nobody
            await asyncio.sleep(0.05)

    await deployment.make_current("v2")

    assert await second.answered(2) == [["1.0"], ["1.1"]]
    assert second.cast.looked_up == [["U1"]]  # the new step, once
    assert first.cast.asked == []


# Settings


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in WorkerSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-any")
    return monkeypatch


def test_workers_have_no_version_unless_they_are_given_one(surroundings: pytest.MonkeyPatch) -> None:
    (settings,), _ = problems_of([WorkerSettings])

    assert settings.temporal_deployment is None


def test_a_worker_is_told_its_version_by_name_and_build(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("TEMPORAL_DEPLOYMENT_NAME", "slack/agent")
    surroundings.setenv("TEMPORAL_WORKER_BUILD_ID", "1.4.2-3fa9c1")

    (settings,), _ = problems_of([WorkerSettings])

    assert settings.temporal_deployment == WorkerDeploymentVersion("slack/agent", "1.4.2-3fa9c1")


@pytest.mark.parametrize("name", ["TEMPORAL_DEPLOYMENT_NAME", "TEMPORAL_WORKER_BUILD_ID"])
def test_half_a_version_is_refused_and_the_other_half_named(surroundings: pytest.MonkeyPatch, name: str) -> None:
    surroundings.setenv(name, "agent")

    _, (problem,) = problems_of([WorkerSettings])

    assert problem.startswith(
        "TEMPORAL_WORKER_BUILD_ID: goes together with TEMPORAL_DEPLOYMENT_NAME: set both or neither"
    )


@pytest.mark.parametrize("name", ["agent.production", "agent:production", "__agent"])
def test_a_deployment_name_that_temporal_would_refuse_is_refused_at_the_start(
    surroundings: pytest.MonkeyPatch, name: str
) -> None:
    surroundings.setenv("TEMPORAL_DEPLOYMENT_NAME", name)
    surroundings.setenv("TEMPORAL_WORKER_BUILD_ID", "v1")

    _, (problem,) = problems_of([WorkerSettings])

    assert problem.startswith("TEMPORAL_DEPLOYMENT_NAME: ")
    assert name not in problem
