"""The activities that the workflow may ask for, each with its deadline, its retries and its result.

Temporal retries. An activity on which the answer depends is tried until it is done or refused for good; one that only
displays something is tried once. After a crash of a worker, its activities run again within seconds: the next worker on
its machine gives them back, and elsewhere the heartbeats stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.workflow import ActivityCancellationType

from agent_worker.contract.messages import Thread
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.errors import DEFECT, DIED, OUT_OF_TIME, TOOL_UNAVAILABLE
from agent_worker.payloads.failed_steps import NOT_CARRIED_OUT, failed_step
from agent_worker.payloads.links import LinksRead, ReadLinks
from agent_worker.payloads.model import LONGEST_STREAM, SHOWN, AskModel, ModelReply, Summarise, Summary, ToolCall
from agent_worker.payloads.opening import LookUpNames, Names, OpenConversation, Opened
from agent_worker.payloads.questions import FindGrants, FindMembers, FoundGrants, FoundMembers, KeepGrant, ShowQuestion
from agent_worker.payloads.thread import Author, Deliver, Shown, ShowProgress, TellPerson
from agent_worker.payloads.waiting import LONGEST_WAIT

# After so long without a heartbeat, a worker is taken for dead. Each heartbeat is billed, and the first one is sent
# three seconds before this (`recovery/signs_of_life.py`): what ends sooner needs none. Slack takes less than a second.
HEARTBEAT_TIMEOUT = timedelta(seconds=6)
# The model, and whatever stands behind a tool, take seconds.
LONG_HEARTBEAT_TIMEOUT = timedelta(seconds=12)
SLACK_TIMEOUT = timedelta(seconds=60)
# In addition to the model call itself: for reading the transcript and showing the status.
MODEL_MARGIN = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(seconds=10)  # between attempts, so that a service that is back is noticed soon
GRANTS_TIMEOUT = timedelta(seconds=20)
PROGRESS_TIMEOUT = timedelta(seconds=5)  # the next model call may wait for it
LINKS_TIMEOUT, LINKS_ATTEMPTS = timedelta(seconds=20), 3
TOOL_MARGIN = timedelta(seconds=5)  # in addition to the tool's own timeout, which the toolbox keeps

# A cancelled activity could still write into the thread, over what is posted there next, so its end is waited for.
# A tool writes nothing there but files of its own, each whole or not at all, and is not waited for.
_WHEN_IT_HAS_STOPPED = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
# A result that is too large would be too large again, and each model call is paid for.
_NEVER_AGAIN = ["PayloadsTooLarge"]
# How a delivery fails for other reasons than Slack: `deliveries.py` counts these. The last two are Temporal's names.
_COUNTED = [OUT_OF_TIME, DEFECT, DIED, "TemporalTimeout:Heartbeat", "TemporalTimeout:StartToClose"]
Result = TypeVar("Result")


async def open_conversation(request: OpenConversation) -> Opened:
    return await _until_done(ActivityName.OPEN_CONVERSATION, request, Opened, SLACK_TIMEOUT)


async def look_up_names(
    ids: list[str], authors: Sequence[Author] = (), thread: Thread | None = None, *, asks_for_place: bool = False
) -> Names:
    request = LookUpNames(ids=ids, authors=list(authors), thread=thread, asks_for_place=asks_for_place)
    return await _until_done(ActivityName.LOOK_UP_NAMES, request, Names, SLACK_TIMEOUT)


async def ask_model(
    request: AskModel, gemini_timeout: timedelta, unread: Callable[[ModelReply], None] | None = None
) -> ModelReply:
    """`gemini_timeout` is how long Gemini may be silent.

    When this is cancelled, it returns only after the activity has ended: nothing more is shown in the thread then. If
    the activity has come to a reply all the same, `unread` is told of it: it was paid for.
    """
    timeout = gemini_timeout * LONGEST_STREAM + MODEL_MARGIN
    return await _until_done(
        ActivityName.ASK_MODEL, request, ModelReply, timeout, heartbeat_timeout=LONG_HEARTBEAT_TIMEOUT, unread=unread
    )


async def read_links(request: ReadLinks) -> LinksRead:
    """What links in a question lead to. Given up soon: the question can be answered without."""
    handle: workflow.ActivityHandle[LinksRead] = workflow.start_activity(
        ActivityName.READ_LINKS,
        request,
        result_type=LinksRead,
        start_to_close_timeout=LINKS_TIMEOUT,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RetryPolicy(maximum_attempts=LINKS_ATTEMPTS, non_retryable_error_types=_NEVER_AGAIN),
    )
    return await _ended(handle)


async def summarise(
    request: Summarise, gemini_timeout: timedelta, unread: Callable[[Summary], None] | None = None
) -> Summary:
    """`gemini_timeout` and `unread` are as in `ask_model`."""
    timeout = gemini_timeout * LONGEST_STREAM * 2 + MODEL_MARGIN  # it may be asked for twice
    return await _until_done(
        ActivityName.SUMMARISE, request, Summary, timeout, heartbeat_timeout=LONG_HEARTBEAT_TIMEOUT, unread=unread
    )


async def deliver(request: Deliver) -> None:
    """One delivery. It is tried again only while Slack is away; every other failure is raised at once."""
    timeout = SLACK_TIMEOUT * 2
    await _until_done(ActivityName.DELIVER, request, type(None), timeout, never_again=[*_NEVER_AGAIN, *_COUNTED])


async def run_tool(call: ToolCall, run: ToolRun) -> dict[str, Any]:
    """Runs the activity that has the tool's name; it also shows the steps in the thread, if the `run` has any.

    A tool that fails gives a result for the model, `{"error": …}`: the turn goes on. Beside the result may stand what
    is `"shown"` of it on the call's card, and `"sources"`: neither is for the model.
    """
    if call.refused is not None:
        return {"error": call.refused, SHOWN: NOT_CARRIED_OUT}
    try:
        result: dict[str, Any] = await workflow.execute_activity(
            call.name,
            args=[call.args, run],
            result_type=dict[str, Any],
            start_to_close_timeout=timedelta(seconds=call.timeout_seconds) + TOOL_MARGIN,
            heartbeat_timeout=LONG_HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(maximum_attempts=call.attempts, non_retryable_error_types=_NEVER_AGAIN),
            summary=call.title,
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return {"error": _why(call, error), SHOWN: failed_step(error)}
    return result


async def show_progress(request: ShowProgress) -> Shown:
    """Shows a turn's steps. Tried once: the next update shows them again."""
    return await _once(ActivityName.SHOW_PROGRESS, request, Shown, PROGRESS_TIMEOUT)


async def show_question(request: ShowQuestion) -> str:
    """Makes the thread show the card as it is now; returns the `ts` of its message."""
    return await _until_done(ActivityName.SHOW_QUESTION, request, str, SLACK_TIMEOUT)


async def find_members(request: FindMembers) -> FoundMembers:
    return await _until_done(ActivityName.FIND_MEMBERS, request, FoundMembers, SLACK_TIMEOUT)


async def find_grants(request: FindGrants) -> FoundGrants:
    """Which calls need no question. Tried once: if nobody knows, people are asked."""
    return await _once(ActivityName.FIND_GRANTS, request, FoundGrants, GRANTS_TIMEOUT)


async def keep_grant(request: KeepGrant) -> None:
    """Raises ActivityError with GRANT_REFUSED if it cannot be kept."""
    await _until_done(ActivityName.KEEP_GRANT, request, type(None), GRANTS_TIMEOUT)


async def tell_person(request: TellPerson) -> None:
    """Shows one person a line. Tried once: Slack does not keep it, so a retry could show it twice."""
    await _once(ActivityName.TELL_PERSON, request, type(None), SLACK_TIMEOUT + LONGEST_WAIT)


async def _once(name: str, request: BaseModel, result_type: type[Result], timeout: timedelta) -> Result:
    handle: workflow.ActivityHandle[Result] = workflow.start_activity(
        name,
        request,
        result_type=result_type,
        start_to_close_timeout=timeout,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        cancellation_type=_WHEN_IT_HAS_STOPPED,
        retry_policy=RetryPolicy(maximum_attempts=1),
    )
    return await _ended(handle)


async def _until_done(
    name: str,
    request: BaseModel,
    result_type: type[Result],
    timeout: timedelta,
    *,
    never_again: Sequence[str] = tuple(_NEVER_AGAIN),
    heartbeat_timeout: timedelta = HEARTBEAT_TIMEOUT,
    unread: Callable[[Result], None] | None = None,
) -> Result:
    """Tries until the activity is done or refused for good; `timeout` is for the work of one attempt.

    `never_again` are the types of errors after which it is not tried again. `unread` is told the result if this was
    cancelled too late to stop the activity.
    """
    handle: workflow.ActivityHandle[Result] = workflow.start_activity(
        name,
        request,
        result_type=result_type,
        start_to_close_timeout=timeout + LONGEST_WAIT,
        heartbeat_timeout=heartbeat_timeout,
        cancellation_type=_WHEN_IT_HAS_STOPPED,
        retry_policy=RetryPolicy(maximum_interval=LONGEST_PAUSE, non_retryable_error_types=never_again),
    )
    return await _ended(handle, unread)


async def _ended(handle: workflow.ActivityHandle[Result], unread: Callable[[Result], None] | None = None) -> Result:
    """The activity's result. If the caller is cancelled, so is the activity, and CancelledError is raised at its end.

    A plain `await` would return the result of an activity that ends just then, and a stopped turn would go on.
    """
    try:
        return await asyncio.shield(handle)
    except asyncio.CancelledError:
        handle.cancel()
        (ended,) = await asyncio.gather(handle, return_exceptions=True)
        if unread is not None and not isinstance(ended, BaseException):
            unread(ended)
        raise


def _why(call: ToolCall, error: ActivityError) -> str:
    """What the model is told of a tool that failed: the tool's own words, if it had any; never an exception's text."""
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == TOOL_UNAVAILABLE:
        return cause.message
    if call.unknown_if_lost:
        return f"It is not known whether {call.name} was carried out: it ended without an answer."
    return f"{call.name} did not work just now: the service behind it failed or did not answer."
