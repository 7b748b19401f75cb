"""The Temporal worker, set up so that nothing is lost when it stops and little is waited for when it was killed."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.interceptor import EveryActivity
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.workflow.agent import AgentWorkflow
from agent_worker.workflow.watermark import ListeningWorkflow

# Time for running steps to finish on SIGTERM; Temporal's default of zero kills them at once.
GRACE = timedelta(seconds=30)
# After a kill the next message waits this long for the dead worker; Temporal's default is 10 s.
STICKY_TIMEOUT = timedelta(seconds=2)
# More active threads than this are replayed again and again: throughput falls to a fifth (measured).
CACHED_CONVERSATIONS = 1_000
CONCURRENT_STEPS = 200  # also bounds the sockets that the clients hold
# A worker hears with a heartbeat that its step is cancelled, and each one that reaches Temporal Cloud is billed.
HEARTBEAT_THROTTLE = timedelta(seconds=2)


def build_worker(
    client: Client,
    task_queue: str,
    activities: Activities,
    version: WorkerDeploymentVersion | None = None,
    *,
    sandboxed: bool = True,
) -> Worker:
    """A worker that is not running yet. With a `version`, Temporal gives it work once that version is current.

    `sandboxed`: whatever a workflow must not do is refused, at a price (docs/decisions/0015-sandbox.md).
    """
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[AgentWorkflow, ListeningWorkflow],
        activities=[*(getattr(activities, name) for name in ActivityName), activities.run_tool],
        interceptors=[EveryActivity()],
        workflow_runner=SandboxedWorkflowRunner() if sandboxed else UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        max_cached_workflows=CACHED_CONVERSATIONS,
        max_concurrent_activities=CONCURRENT_STEPS,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        deployment_config=_deployment(version) if version else None,
    )


def _deployment(version: WorkerDeploymentVersion) -> WorkerDeploymentConfig:
    """Conversations move to the current version with their next step: pinned, a silent one would keep its version's
    workers running for as long as it stays open.
    """
    return WorkerDeploymentConfig(
        version=version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )
