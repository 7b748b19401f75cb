"""The Temporal worker, set up to lose nothing when it is stopped, and to be missed soon when it was killed."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.interceptor import EveryActivity
from agent_worker.agents.workflow import AgentCatalogWorkflow
from agent_worker.grants.workflow import GrantsWorkflow
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.quotas.workflow import QuotaWorkflow
from agent_worker.recovery.held_steps import HeldSteps
from agent_worker.recovery.timely_runner import TimelyRunner
from agent_worker.workflow.agent import AgentWorkflow
from agent_worker.workflow.watermark import ListeningWorkflow

# Time for running activities to finish on SIGTERM; with Temporal's default of zero they are cancelled at once.
GRACE = timedelta(seconds=30)
# How long the next message waits for a worker that was killed; Temporal's default is 10 s.
STICKY_TIMEOUT = timedelta(seconds=2)
# With more active threads than this, workflows are replayed again and again: a fifth of the throughput (measured).
CACHED_CONVERSATIONS = 1_000
CONCURRENT_ACTIVITIES = 200  # also bounds the number of open sockets
# Temporal's SDK holds a heartbeat back for as long as this after another one. Ours are few, and each is to leave soon.
HEARTBEAT_THROTTLE = timedelta(seconds=0.5)


def build_worker(
    client: Client,
    task_queue: str,
    activities: Activities,
    version: WorkerDeploymentVersion | None = None,
    *,
    sandboxed: bool = True,
    grace: timedelta = GRACE,
    held_steps: HeldSteps | None = None,
) -> Worker:
    """A worker that is not running yet. With a `version`, it gets work once Temporal calls that version current.

    `grace`: how long running activities may take to finish when it is stopped. Then they are cancelled, and the next
    worker begins them again at once.
    `held_steps`: notes what runs, so that after a kill the next worker knows it.
    `sandboxed`: refuses what workflow code must not do, which costs time (docs/decisions/0015-sandbox.md).
    """
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[AgentWorkflow, ListeningWorkflow, QuotaWorkflow, AgentCatalogWorkflow, GrantsWorkflow],
        activities=[*(getattr(activities, name) for name in ActivityName), activities.run_tool],
        interceptors=[EveryActivity(client, held_steps)],
        workflow_runner=TimelyRunner(SandboxedWorkflowRunner() if sandboxed else UnsandboxedWorkflowRunner()),
        graceful_shutdown_timeout=grace,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        max_cached_workflows=CACHED_CONVERSATIONS,
        max_concurrent_activities=CONCURRENT_ACTIVITIES,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        deployment_config=_deployment(version) if version else None,
    )


def _deployment(version: WorkerDeploymentVersion) -> WorkerDeploymentConfig:
    """Conversations move to the current version with their next workflow task.

    Pinned ones would need the workers of their version for as long as they stay open, often in silence.
    """
    return WorkerDeploymentConfig(
        version=version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )
