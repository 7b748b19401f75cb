"""Promises of the doctor about Temporal: server, namespace, retention, clock and workers, each told apart."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.common import WorkerDeploymentVersion

from playground.temporal_server import free_port
from process.checkup.finding import Finding
from slackbot.doctor import temporal_checks
from slackbot.doctor.temporal_checks import TemporalChecks
from tests.support.checkup import found, states
from tests.support.slackbot.idle_worker import working


async def looked_at(address: str, task_queue: str = "nobody", **options: Any) -> dict[str, Finding]:
    now = options.pop("now", time.time)
    connection = {"target_host": address, "namespace": "default", **options}
    return await found(TemporalChecks(connection, task_queue, now).checks())


async def test_a_server_with_a_worker_is_well_but_the_dev_server_keeps_little(temporal_address: str) -> None:
    async with working(temporal_address) as task_queue:
        told = await looked_at(temporal_address, task_queue)

    assert states(told) == {
        "server": "ok",
        "namespace": "ok",
        "retention": "note",
        "clock (Temporal)": "ok",
        "worker": "ok",
    }
    assert told["worker"].found == f"1 worker asks the task queue “{task_queue}” for work"
    assert told["retention"].found.startswith("what is closed is kept for 1 day,")


async def test_a_task_queue_that_nobody_asks_is_told_by_its_name(temporal_address: str) -> None:
    finding = (await looked_at(temporal_address, "forgotten"))["worker"]

    assert (finding.state, finding.found) == ("failed", "nobody asks the task queue “forgotten” for workflows")


async def test_a_worker_that_has_stopped_asking_counts_no_more(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporal_checks, "POLLS_EVERY", timedelta())
    async with working(temporal_address) as task_queue:
        finding = (await looked_at(temporal_address, task_queue))["worker"]

    assert finding.state == "failed"
    assert re.search(r"for workflows; the last one did \d+ s ago", finding.found)


def test_a_worker_that_has_ended_is_not_counted_beside_the_one_that_took_its_place() -> None:
    ended, running = (PollerInfo(identity=name) for name in ("ended", "running"))
    ended.last_access_time.FromSeconds(1_000)
    running.last_access_time.FromSeconds(1_200)

    assert temporal_checks.still_asking([ended, running], now=1_230.0) == [running]


async def test_a_clock_that_is_wrong_makes_no_worker_look_as_if_it_had_stopped(temporal_address: str) -> None:
    async with working(temporal_address) as task_queue:
        told = await looked_at(temporal_address, task_queue, now=lambda: time.time() + 1_000)

    assert (told["clock (Temporal)"].state, told["worker"].state) == ("failed", "ok")


async def test_workers_of_a_version_that_is_not_current_are_told_to_get_no_work(temporal_address: str) -> None:
    version = WorkerDeploymentVersion(f"slack-agent-{uuid4().hex[:8]}", "0.2.0")
    async with working(temporal_address, version) as task_queue:
        finding = (await looked_at(temporal_address, task_queue))["worker"]

    assert finding.state == "failed"
    assert f"their version is {version.deployment_name} 0.2.0, and the current one is none" in finding.found
    assert "set-current-version" in finding.mend


async def test_a_namespace_that_is_not_there_is_told(temporal_address: str) -> None:
    told = await looked_at(temporal_address, namespace="nowhere")

    assert told["namespace"].state == "failed"
    assert "the server has no namespace nowhere" in told["namespace"].found
    assert told["worker"].state == "skipped"


async def test_a_clock_that_is_wrong_is_told(temporal_address: str) -> None:
    finding = (await looked_at(temporal_address, now=lambda: time.time() - 90))["clock (Temporal)"]

    # Of the time that the answer is on its way, a part counts as the clock's.
    assert finding.state == "failed"
    assert re.fullmatch(r"this machine's clock is \d\d s behind Temporal's", finding.found)


async def test_where_no_server_is_the_one_of_make_run_may_not_run_yet_but_another_one_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"127.0.0.1:{free_port()}"
    named = (await looked_at(address))["server"]
    monkeypatch.setattr(temporal_checks, "DEFAULT_ADDRESS", address)
    usual = (await looked_at(address))["server"]

    assert (named.state, usual.state) == ("failed", "unknown")
    assert "TEMPORAL_ADDRESS" in named.mend
    assert "`make run` starts" in usual.mend
    assert "Connection refused" in usual.found
