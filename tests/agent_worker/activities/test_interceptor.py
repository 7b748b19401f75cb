"""Promises that hold for every step: it heartbeats while it runs, and only a defect is given up after some attempts."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from agent_worker.activities.interceptor import ENDS_EARLY, EveryActivity
from agent_worker.payloads.errors import (
    DEFECT,
    DIED,
    OUT_OF_TIME,
    SLACK_UNAVAILABLE,
    TOOL_UNAVAILABLE,
    has_failed_often,
    retryable,
)
from agent_worker.payloads.waiting import LONGEST_WAIT
from agent_worker.recovery import signs_of_life
from agent_worker.recovery.held_steps import HeldSteps
from agent_worker.slack.attempt_time import stands_still
from agent_worker.toolbox.tool import ToolUnavailableError, tool
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import gate

DEFECT_ATTEMPTS = next(times for times in range(1, 100) if has_failed_often(DEFECT, times))
Step = Callable[[], Awaitable[Any]]


class Innermost(ActivityInboundInterceptor):
    """Where Temporal itself would call the activity."""

    def __init__(self, step: Step) -> None:
        self._step = step

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        return await self._step()


async def run(
    step: Step,
    *,
    attempt: int = 1,
    activity_type: str = "step",
    before: Sequence[Any] = (),
    on_heartbeat: Callable[..., None] | None = None,
    seconds: float = 60,
    held_steps: HeldSteps | None = None,
) -> Any:
    """One attempt at a step, as our worker makes it. `before`: the last heartbeat of the attempt before."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        ActivityEnvironment.default_info(),
        attempt=attempt,
        activity_type=activity_type,
        heartbeat_details=before,
        start_to_close_timeout=timedelta(seconds=seconds),
        heartbeat_timeout=timedelta(seconds=6),
    )
    if on_heartbeat:
        environment.on_heartbeat = on_heartbeat
    guarded = EveryActivity(held_steps=held_steps).intercept_activity(Innermost(step))
    call = ExecuteActivityInput(fn=step, args=[], executor=None, headers={})
    return await environment.run(guarded.execute_activity, call)


def failing(error: Exception) -> Step:
    async def step() -> None:
        raise error

    return step


async def test_a_step_gives_back_its_own_result() -> None:
    async def step() -> str:
        return activity.info().activity_type

    assert await run(step, activity_type="ask_model") == "ask_model"


async def test_a_step_heartbeats_for_as_long_as_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs_of_life, "pause_before_heartbeat", lambda _: timedelta(milliseconds=1))
    beats: list[Any] = []
    enough = asyncio.Event()

    def heard(*details: Any) -> None:
        beats.append(details)
        if len(beats) == 3:
            enough.set()

    async def step() -> None:
        await enough.wait()

    await run(step, on_heartbeat=heard)
    await asyncio.sleep(0)  # a turn of the loop, in which what was cancelled ends

    assert len(beats) >= 3
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_step_is_noted_for_as_long_as_it_runs(tmp_path: Path) -> None:
    async def step() -> int:
        return len(os.listdir(tmp_path))

    assert await run(step, held_steps=HeldSteps(tmp_path, "here")) == 1
    assert os.listdir(tmp_path) == []


async def test_a_step_that_fails_is_noted_no_longer(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        await run(failing(ZeroDivisionError()), held_steps=HeldSteps(tmp_path, "here"))

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("attempt", [1, DEFECT_ATTEMPTS, 100])
async def test_what_an_adapter_has_translated_is_passed_on_at_every_attempt(attempt: int) -> None:
    error = retryable(SLACK_UNAVAILABLE, "ratelimited")

    with pytest.raises(ApplicationError) as failed:
        await run(failing(error), attempt=attempt)

    assert failed.value is error


async def attempts_at(step: Step, most: int, **more: Any) -> list[Exception]:
    """How so many attempts in a row fail, or fewer, if one of them is the last. Temporal hands on the heartbeats."""
    failures: list[Exception] = []
    last: list[Sequence[Any]] = [()]
    while len(failures) < most:
        before, last = last[-1], [()]
        try:
            await run(step, attempt=len(failures) + 1, before=before, on_heartbeat=partial(_note, last), **more)
        except Exception as error:  # noqa: BLE001  any failure is what the test looks at
            failures.append(error)
            if getattr(error, "non_retryable", False):
                break
    return failures


def _note(heartbeats: list[Sequence[Any]], *details: Any) -> None:
    heartbeats.append(details)


async def test_a_defect_is_tried_again_at_first_and_given_up_in_the_end_and_says_nothing_but_its_kind() -> None:
    failures = await attempts_at(failing(ZeroDivisionError("our secret")), 100)

    assert [type(failure) for failure in failures] == [*[ZeroDivisionError] * (DEFECT_ATTEMPTS - 1), ApplicationError]
    given_up = failures[-1]
    assert isinstance(given_up, ApplicationError)
    assert (given_up.type, given_up.non_retryable, given_up.message) == (DEFECT, True, "ZeroDivisionError")


async def test_a_step_that_takes_too_long_each_time_is_given_up_in_the_end() -> None:
    failures = await attempts_at(asyncio.Event().wait, 100, seconds=ENDS_EARLY + 0.01)

    kinds = [(getattr(one, "type", ""), getattr(one, "non_retryable", None)) for one in failures]
    assert kinds == [*[(OUT_OF_TIME, False)] * (len(failures) - 1), (OUT_OF_TIME, True)]
    assert 1 < len(failures) < 10


async def test_defects_and_attempts_that_take_too_long_are_counted_together() -> None:
    turns = itertools.cycle([failing(ZeroDivisionError("boom")), asyncio.Event().wait])

    async def step() -> None:
        await next(turns)()

    failures = await attempts_at(step, 100, seconds=ENDS_EARLY + 0.01)

    assert len(failures) == DEFECT_ATTEMPTS


async def test_a_service_that_is_away_is_waited_for_and_begins_the_count_of_defects_anew() -> None:
    away = retryable(SLACK_UNAVAILABLE, "ratelimited")
    ways = [*[ZeroDivisionError("boom")] * (DEFECT_ATTEMPTS - 1), away] * 3
    turns = iter(ways)

    async def step() -> None:
        raise next(turns)

    failures = await attempts_at(step, len(ways))

    assert [type(failure) for failure in failures] == [type(way) for way in ways]
    assert not any(getattr(failure, "non_retryable", False) for failure in failures)


async def test_a_step_that_kills_each_worker_is_given_up_without_being_tried_again() -> None:
    """An attempt that has died is known by its last heartbeat: nothing else of it is left."""
    heartbeats: list[Sequence[Any]] = []
    begun: list[int] = []

    async def step() -> None:
        begun.append(activity.info().attempt)
        raise asyncio.CancelledError  # nothing after it is told to Temporal, as with a process that is killed

    async def until_given_up() -> None:
        for attempt in itertools.count(1):
            before = heartbeats[-1] if heartbeats else ()
            with contextlib.suppress(asyncio.CancelledError):
                await run(step, attempt=attempt, before=before, on_heartbeat=partial(_note, heartbeats))

    with pytest.raises(ApplicationError) as failed:
        await until_given_up()

    assert (failed.value.type, failed.value.non_retryable) == (DIED, True)
    assert 2 < len(begun) < 20


async def test_a_defect_in_a_delivery_is_told_at_once_because_the_workflow_counts() -> None:
    """Attempts while Slack was away, however many, do not use up those that a defect has."""
    with pytest.raises(ApplicationError) as failed:
        await run(failing(ZeroDivisionError("boom")), activity_type="deliver")

    assert (failed.value.type, failed.value.non_retryable) == (DEFECT, True)


async def test_a_step_ends_before_temporal_gives_it_up_and_begins_it_again() -> None:
    has_ended = asyncio.Event()

    async def step() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            has_ended.set()

    with pytest.raises(ApplicationError) as failed:
        await run(step, seconds=ENDS_EARLY + 0.05)

    assert has_ended.is_set()
    assert (failed.value.type, failed.value.non_retryable) == (OUT_OF_TIME, False)


async def test_a_deadline_of_the_steps_own_is_an_ordinary_failure() -> None:
    with pytest.raises(TimeoutError):
        await run(failing(TimeoutError()))


async def test_a_step_that_is_cancelled_stays_cancelled() -> None:
    with pytest.raises(asyncio.CancelledError):
        await run(failing(asyncio.CancelledError()), attempt=DEFECT_ATTEMPTS)  # type: ignore[arg-type]


@tool(title="Asks", summary="asking", attempts=DEFECT_ATTEMPTS + 5)
async def ask_the_service() -> str:
    """Asks a service that is busy."""
    raise ToolUnavailableError("The service is busy.")


async def run_the_tool() -> Any:
    """The tool, run by the worker's own activity."""
    toolbox = Toolbox([ask_the_service])
    async with httpx.AsyncClient() as http:
        activities = activities_on(None, gate=gate(toolbox), tools=toolbox.open(http, []))
        arguments = activity.payload_converter().to_payload({})
        return await activities.run_tool([RawValue(arguments)])


@pytest.mark.parametrize("attempt", [1, DEFECT_ATTEMPTS, DEFECT_ATTEMPTS + 5])
async def test_a_tool_that_cannot_answer_now_keeps_its_words_and_its_own_number_of_attempts(attempt: int) -> None:
    with pytest.raises(Exception, match=r"The service is busy\.$") as failed:
        await run(run_the_tool, attempt=attempt, activity_type="ask_the_service")

    kind = failed.value.type if isinstance(failed.value, ApplicationError) else type(failed.value).__name__
    assert kind == TOOL_UNAVAILABLE
    assert not getattr(failed.value, "non_retryable", False)


async def test_a_tool_that_cannot_answer_now_is_not_logged_as_a_defect(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(Exception, match="busy"):
        await run(run_the_tool, activity_type="ask_the_service")

    assert [record for record in caplog.records if record.exc_info] == []


async def test_a_failed_step_is_logged_as_an_event_with_its_facts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(ApplicationError):
        await run(failing(retryable(SLACK_UNAVAILABLE, "ratelimited")), attempt=3, activity_type="deliver")

    (record,) = caplog.records
    facts = vars(record)
    assert record.getMessage() == "activity failed"
    assert (facts["code"], facts["reason"], facts["attempt"]) == (SLACK_UNAVAILABLE, "ratelimited", 3)


async def test_what_a_tool_says_of_its_failure_is_not_logged_because_it_may_quote_people(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(ApplicationError):
        await run(failing(retryable(TOOL_UNAVAILABLE, "Atlantis")), activity_type="weather_alerts")

    assert "reason" not in vars(caplog.records[0])


# Waiting for Slack's limits


async def test_waiting_for_slacks_limits_uses_up_nothing_of_an_attempts_time() -> None:
    async def step() -> str:
        with stands_still():
            await asyncio.sleep(0.3)  # longer than the work may take
        return "done"

    assert await run(step, seconds=LONGEST_WAIT.total_seconds() + ENDS_EARLY + 0.1) == "done"


async def test_after_waiting_the_work_has_the_time_that_was_left() -> None:
    async def step() -> None:
        with stands_still():
            await asyncio.sleep(0.1)
        await asyncio.Event().wait()

    with pytest.raises(ApplicationError) as failed:
        await run(step, seconds=LONGEST_WAIT.total_seconds() + ENDS_EARLY + 0.1)

    assert failed.value.type == OUT_OF_TIME


async def test_who_waits_in_two_places_at_once_waits_until_the_last_one_ends() -> None:
    async def wait(seconds: float) -> None:
        with stands_still():
            await asyncio.sleep(seconds)

    async def step() -> str:
        await asyncio.gather(wait(0.05), wait(0.3))
        return "done"

    assert await run(step, seconds=LONGEST_WAIT.total_seconds() + ENDS_EARLY + 0.1) == "done"


async def test_an_attempt_that_has_waited_too_long_is_no_failure_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_worker.activities.interceptor.LONGEST_WAIT", timedelta(seconds=0.2))

    async def step() -> None:
        with stands_still():
            await asyncio.Event().wait()

    with pytest.raises(ApplicationError) as failed:
        await run(step, seconds=0.3 + ENDS_EARLY, activity_type="deliver")

    assert (failed.value.type, failed.value.non_retryable) == (SLACK_UNAVAILABLE, False)
