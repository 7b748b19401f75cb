"""Promises that hold for every step: it heartbeats while it runs, and only a defect is given up after some attempts."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from agent_worker.activities.agent_activities import Activities
from agent_worker.activities.interceptor import DEFECT_ATTEMPTS, ENDS_EARLY, HEARTBEAT_INTERVAL, EveryActivity
from agent_worker.payloads.errors import DEFECT, OUT_OF_TIME, SLACK_UNAVAILABLE, TOOL_UNAVAILABLE, retryable
from agent_worker.toolbox.tool import ToolUnavailableError, tool
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.workflow.activity_calls import HEARTBEAT_TIMEOUT

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
    on_heartbeat: Callable[..., None] | None = None,
    seconds: float = 60,
) -> Any:
    """One attempt at a step, as a worker with our interceptor makes it."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        ActivityEnvironment.default_info(),
        attempt=attempt,
        activity_type=activity_type,
        start_to_close_timeout=timedelta(seconds=seconds),
    )
    if on_heartbeat:
        environment.on_heartbeat = on_heartbeat
    guarded = EveryActivity().intercept_activity(Innermost(step))
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
    monkeypatch.setattr("agent_worker.activities.interceptor.HEARTBEAT_INTERVAL", 0.001)
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


async def test_two_beats_can_be_lost_before_a_step_is_taken_for_dead() -> None:
    assert HEARTBEAT_TIMEOUT.total_seconds() > HEARTBEAT_INTERVAL * 2


@pytest.mark.parametrize("attempt", [1, DEFECT_ATTEMPTS, 100])
async def test_what_an_adapter_has_translated_is_passed_on_at_every_attempt(attempt: int) -> None:
    error = retryable(SLACK_UNAVAILABLE, "ratelimited")

    with pytest.raises(ApplicationError) as failed:
        await run(failing(error), attempt=attempt)

    assert failed.value is error


async def test_a_defect_is_tried_again_at_first() -> None:
    with pytest.raises(ZeroDivisionError):
        await run(failing(ZeroDivisionError("boom")), attempt=DEFECT_ATTEMPTS - 1)


async def test_a_defect_is_given_up_in_the_end_and_says_nothing_but_its_kind() -> None:
    with pytest.raises(ApplicationError) as failed:
        await run(failing(ZeroDivisionError("our secret")), attempt=DEFECT_ATTEMPTS)

    assert (failed.value.type, failed.value.non_retryable) == (DEFECT, True)
    assert failed.value.message == "ZeroDivisionError"


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
        nothing: Any = None
        activities = Activities(
            policy=nothing,
            bot_user_id="",
            model_calls=nothing,
            toolbox=toolbox,
            tools=toolbox.open(http, []),
            slack=None,
        )
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
