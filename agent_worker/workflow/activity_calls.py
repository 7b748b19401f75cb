"""The side effects a conversation may ask for: each with its activity's name, deadline, retries and result.

Retries belong to Temporal. What the answer depends on is tried until it is done; what only shows that something is
being done is tried once. Because of the heartbeat deadline, a killed worker's step runs again within seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.workflow import ActivityCancellationType

from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.errors import TOOL_UNAVAILABLE
from agent_worker.payloads.model import LONGEST_STREAM, AskModel, ModelReply, Summarise, Summary, ToolCall
from agent_worker.payloads.opening import LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.thread import Author, Deliver, Shown, ShowProgress, TellPerson

HEARTBEAT_TIMEOUT = timedelta(seconds=6)
SLACK_TIMEOUT = timedelta(seconds=60)
# Beyond the model call itself: reading the transcript, showing the status.
MODEL_MARGIN = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(seconds=10)  # between attempts: so long at most after what was away is back
PROGRESS_TIMEOUT = timedelta(seconds=5)  # what comes next may wait for it
TOOL_MARGIN = timedelta(seconds=5)  # the toolbox itself ends a tool in time

# A step that still writes into the thread would write over what is said there next. A tool is not waited for.
_WHEN_IT_HAS_STOPPED = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
# An over-size result would be over-size again, and a model call is paid for each time.
_NEVER_AGAIN = ["PayloadsTooLarge"]
Result = TypeVar("Result")


async def open_conversation(request: OpenConversation) -> Opened:
    return await _until_done(ActivityName.OPEN_CONVERSATION, request, Opened, SLACK_TIMEOUT)


async def look_up_names(ids: list[str], authors: Sequence[Author] = ()) -> Names:
    request = LookUpNames(ids=ids, authors=list(authors))
    return await _until_done(ActivityName.LOOK_UP_NAMES, request, Names, SLACK_TIMEOUT)


async def ask_model(request: AskModel, gemini_timeout: timedelta) -> ModelReply:
    """`gemini_timeout` is how long Gemini may be silent.

    When this is cancelled, it returns only after the activity has ended: nothing more is shown in the thread then.
    """
    timeout = gemini_timeout * LONGEST_STREAM + MODEL_MARGIN
    return await _until_done(ActivityName.ASK_MODEL, request, ModelReply, timeout)


async def summarise(request: Summarise, gemini_timeout: timedelta) -> str:
    summary = await _until_done(ActivityName.SUMMARISE, request, Summary, gemini_timeout + MODEL_MARGIN)
    return summary.text


async def deliver(request: Deliver) -> None:
    await _until_done(ActivityName.DELIVER, request, type(None), SLACK_TIMEOUT * 2)


async def run_tool(call: ToolCall, shown: ShowProgress | None = None) -> dict[str, Any]:
    """Runs the activity named after the tool, which lets the thread see `shown` meanwhile.

    A tool that fails is a result for the model, not a failed turn.
    """
    if call.refused is not None:
        return {"error": call.refused}
    try:
        result: dict[str, Any] = await workflow.execute_activity(
            call.name,
            args=[call.args] if shown is None else [call.args, shown],
            result_type=dict[str, Any],
            start_to_close_timeout=timedelta(seconds=call.timeout_seconds) + TOOL_MARGIN,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(maximum_attempts=call.attempts, non_retryable_error_types=_NEVER_AGAIN),
            summary=call.title,
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return {"error": _why(call, error)}
    return result


async def show_progress(request: ShowProgress) -> Shown:
    """Shows a turn's steps, once: what comes next shows them again."""
    return await _once(ActivityName.SHOW_PROGRESS, request, Shown, PROGRESS_TIMEOUT)


async def tell_person(request: TellPerson) -> None:
    """A word that is not worth a second try: Slack keeps no such message, so nobody could tell whether it was said."""
    await _once(ActivityName.TELL_PERSON, request, type(None), SLACK_TIMEOUT)


async def _once(name: str, request: BaseModel, result_type: type[Result], timeout: timedelta) -> Result:
    step: workflow.ActivityHandle[Result] = workflow.start_activity(
        name,
        request,
        result_type=result_type,
        start_to_close_timeout=timeout,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        cancellation_type=_WHEN_IT_HAS_STOPPED,
        retry_policy=RetryPolicy(maximum_attempts=1),
    )
    return await _ended(step)


async def _until_done(name: str, request: BaseModel, result_type: type[Result], timeout: timedelta) -> Result:
    """Tried again until it is done or refused for good; `timeout` is for one attempt."""
    step: workflow.ActivityHandle[Result] = workflow.start_activity(
        name,
        request,
        result_type=result_type,
        start_to_close_timeout=timeout,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        cancellation_type=_WHEN_IT_HAS_STOPPED,
        retry_policy=RetryPolicy(maximum_interval=LONGEST_PAUSE, non_retryable_error_types=_NEVER_AGAIN),
    )
    return await _ended(step)


async def _ended(step: workflow.ActivityHandle[Result]) -> Result:
    """Its result. Whoever is cancelled while it waits stays cancelled, even if the step was done before it heard of it.

    Awaited plainly, such a step would give its result, and the turn that was stopped would go on.
    """
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
        raise


def _why(call: ToolCall, error: ActivityError) -> str:
    """What the model hears of a tool that failed: its own words where it had any, never an exception's text."""
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == TOOL_UNAVAILABLE:
        return cause.message
    return f"{call.name} did not work just now: the service behind it failed or did not answer."
