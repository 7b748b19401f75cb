"""The checks of Temporal: the server, the namespace with its retention, the clock, and whether a worker works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import NamespaceState, TaskQueueType, WorkerVersioningMode
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    PollActivityTaskQueueRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.converter import DATA_CONVERTER
from process.checkup.checks import LONGEST, Check, StoppedError
from process.checkup.finding import Outcome, failed, note, ok, quoted, unknown
from process.temporal import DEFAULT_ADDRESS, runtime
from slackbot.doctor.clocks import skew

SECTION = "Temporal"
SERVER, NAMESPACE = "server", "namespace"
CALL_TIMEOUT = timedelta(seconds=10)
# What closes is kept for the retention: the record of decisions, the opinions on answers, and the list in Home. With
# less than a week, whoever exports them once a week finds that some are gone.
SHORT_RETENTION = timedelta(days=7)
POLLS_EVERY = timedelta(seconds=70)  # a worker's poll ends after a minute, and the next one begins
IDENTITY = "doctor"
_REFUSED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)
_KEY = "see TEMPORAL_API_KEY (it may have expired), TEMPORAL_NAMESPACE and TEMPORAL_ADDRESS: the three belong together"
_UNVERSIONED = ("", "")
_KINDS = {
    "workflows": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


class TemporalChecks:
    """They ask one connection, which the first check opens; it ends with the process."""

    def __init__(self, connection: Mapping[str, Any], task_queue: str, now: Callable[[], float] = time.time) -> None:
        """`connection` holds the arguments of `Client.connect`."""
        self._connection = connection
        self._task_queue = task_queue
        self._now = now
        self._connected: Client | None = None
        self._ahead = 0.0  # seconds that this machine's clock is ahead of the server's
        self._clock_is_read = asyncio.Event()

    def checks(self) -> list[Check]:
        return [
            Check(SECTION, SERVER, self._server),
            Check(SECTION, NAMESPACE, self._namespace, (SERVER,)),
            Check(SECTION, "clock (Temporal)", self._clock, (NAMESPACE,)),
            Check(SECTION, "worker", self._worker, (NAMESPACE,), limit=2 * LONGEST),  # it waits for the clock
        ]

    @property
    def _client(self) -> Client:
        if self._connected is None:
            raise RuntimeError("the check of the server comes first")
        return self._connected

    async def _server(self) -> Outcome:
        address = self._connection["target_host"]
        try:
            self._connected = await Client.connect(**self._connection, data_converter=DATA_CONVERTER, runtime=runtime())
        except RPCError as error:
            raise refused(error) from None
        except RuntimeError as error:  # what the SDK raises if it cannot connect
            told = f"nothing that can be understood answers at {address}: {quoted(str(error))}"
            if address == DEFAULT_ADDRESS:
                mend = "this is the server that `make run` starts: try again while that runs, or set TEMPORAL_ADDRESS"
                return unknown(told, mend)
            return failed(told, "see TEMPORAL_ADDRESS (HOST:PORT), TEMPORAL_API_KEY and the TLS settings")
        return ok(f"connected to {address}")

    async def _namespace(self) -> list[Outcome]:
        name = self._client.namespace
        try:
            request = DescribeNamespaceRequest(namespace=name)
            described = await self._client.workflow_service.describe_namespace(request, timeout=CALL_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                mend = "create it there, or set TEMPORAL_NAMESPACE to one that there is"
                return [failed(f"the server has no namespace {name}: {quoted(error.message)}", mend)]
            if error.status not in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
                raise refused(error) from None
            told = f"the server tells nothing of {name} ({error.status.name}): its retention is not known"
            return [note(told, f"if the next checks fail: {_KEY}")]
        if described.namespace_info.state != NamespaceState.NAMESPACE_STATE_REGISTERED:
            return [failed(f"{name} is being deleted, or is out of use", "set TEMPORAL_NAMESPACE to another one")]
        return [ok(name), _retention(described.config.workflow_execution_retention_ttl.ToTimedelta())]

    async def _clock(self) -> Outcome:
        try:
            ahead = await self._ahead_of_server()
        finally:
            self._clock_is_read.set()
        if ahead is None:
            return unknown("Temporal does not tell what time it has", "nothing to do, if Slack's clock is the same")
        self._ahead = ahead
        return skew(ahead, "Temporal's")

    async def _ahead_of_server(self) -> float | None:
        """How many seconds this machine's clock is ahead of the server's.

        The server notes when somebody has last asked for work: so it is asked for some that there never is.
        """
        asker = f"{IDENTITY}-{uuid4()}"
        queue = f"{self._task_queue}-{IDENTITY}"
        asked = PollActivityTaskQueueRequest(
            namespace=self._client.namespace, task_queue=TaskQueue(name=queue), identity=asker
        )
        ours = self._now()
        asking = asyncio.create_task(
            self._client.workflow_service.poll_activity_task_queue(asked, timeout=CALL_TIMEOUT)
        )
        try:
            while not asking.done():
                described = await self._described(queue, _KINDS["activities"])
                if noted := _newest(one for one in described.pollers if one.identity == asker):
                    return ours - noted
                await asyncio.sleep(0.05)
            asking.result()
        except RPCError as error:
            raise refused(error) from None
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        return None

    async def _worker(self) -> Outcome:
        described = {name: await self._described(self._task_queue, kind) for name, kind in _KINDS.items()}
        await self._clock_is_read.wait()
        now = self._now() - self._ahead
        mend = "start one: python -m agent_worker, with the same TEMPORAL_TASK_QUEUE"
        for name, queue in described.items():
            if not queue.pollers:
                return failed(f"nobody asks the task queue “{self._task_queue}” for {name}", mend)
            ago = now - _newest(queue.pollers)
            if ago > POLLS_EVERY.total_seconds():
                told = f"nobody asks the task queue “{self._task_queue}” for {name}; the last one did {ago:.0f} s ago"
                return failed(told, mend)
        asking = still_asking(described["workflows"].pollers, now)
        return _working(self._task_queue, described["workflows"], asking)

    async def _described(self, queue: str, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
        try:
            return await self._client.workflow_service.describe_task_queue(request, timeout=CALL_TIMEOUT)
        except RPCError as error:
            raise refused(error) from None


def refused(error: RPCError) -> StoppedError:
    """For a call that the server does not answer as it should."""
    told = f"the server says {error.status.name} {quoted(error.message)}"
    if error.status in _REFUSED:
        return StoppedError(failed(told, _KEY))
    return StoppedError(unknown(told, "try again in a minute; if it stays so, look at the server's own logs"))


def _retention(kept: timedelta) -> Outcome:
    days = kept / timedelta(days=1)
    told = f"what is closed is kept for {days:.3g} day{'' if days == 1 else 's'}"
    if kept >= SHORT_RETENTION:
        return ok(told, check="retention")
    mend = (
        "export the record of decisions and the feedback at least as often (docs/operations.md), or let the namespace "
        "keep it longer: temporal operator namespace update --retention 7d -n NAMESPACE"
    )
    return note(f"{told}, then decisions and opinions are gone, and Home lists it no more", mend, check="retention")


def _newest(pollers: Iterable[PollerInfo]) -> float:
    """When somebody has last asked for work, in seconds since 1970; 0 if nobody has."""
    return max((poller.last_access_time.ToMicroseconds() / 1e6 for poller in pollers), default=0.0)


def still_asking(pollers: Iterable[PollerInfo], now: float) -> Sequence[PollerInfo]:
    """Without those that have ended: the server remembers for minutes who has asked for work."""
    return [one for one in pollers if now - _newest([one]) <= POLLS_EVERY.total_seconds()]


def _working(task_queue: str, queue: DescribeTaskQueueResponse, asking: Sequence[PollerInfo]) -> Outcome:
    """What is told of the workers that ask for work: those of a version get none until their version is current."""
    workers = len({poller.identity for poller in asking})
    told = f"{workers} {'worker asks' if workers == 1 else 'workers ask'} the task queue “{task_queue}” for work"
    versions = _versions(asking)
    current = queue.versioning_info.current_deployment_version
    getting = (current.deployment_name, current.build_id) if current.build_id else _UNVERSIONED
    if getting in versions:
        return ok(told)
    listed = ", ".join(" ".join(filter(None, version)) or "none" for version in versions)
    told = f"{told}, and they get none: their version is {listed}, and the current one is {current.build_id or 'none'}"
    mend = "temporal worker deployment set-current-version --deployment-name NAME --build-id BUILD (docs/operations.md)"
    return failed(told, f"{mend}, or start workers of the version that is current")


def _versions(pollers: Iterable[PollerInfo]) -> Sequence[tuple[str, str]]:
    """The versions of the workers, each once: the name of the deployment and the build, or `_UNVERSIONED`."""
    versioned = WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
    options = (poller.deployment_options for poller in pollers)
    return sorted(
        {
            (one.deployment_name, one.build_id) if one.worker_versioning_mode == versioned else _UNVERSIONED
            for one in options
        }
    )
