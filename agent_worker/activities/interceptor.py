"""What every activity does: it shows that it lives, ends before its deadline, and logs how it failed."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from agent_worker.activities import failed_attempts
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.errors import DEFECT, OUT_OF_TIME, SLACK_UNAVAILABLE, final, retryable
from agent_worker.payloads.links import ReadLinks
from agent_worker.payloads.thread import Author
from agent_worker.payloads.waiting import LONGEST_WAIT
from agent_worker.recovery import signs_of_life
from agent_worker.recovery.held_steps import HeldSteps
from agent_worker.slack.attempt_time import AttemptTime
from agent_worker.slack.rate_limits import on_behalf_of
from agent_worker.slack.refusals import WAITS
from process.log_records import Translated

# The workflow counts the failures of a delivery itself (deliveries.py), without the attempts while Slack was away.
COUNTED_ELSEWHERE = {ActivityName.DELIVER}
# Their next attempt does nothing again that this one has done, except for looking up a name.
FREE_TO_REPEAT = {ActivityName.OPEN_CONVERSATION, ActivityName.LOOK_UP_NAMES, ActivityName.DELIVER}
# An activity ends this long before Temporal gives it up: otherwise it could write beside its next attempt.
ENDS_EARLY = 0.5  # seconds
logger = logging.getLogger(__name__)


class EveryActivity(Interceptor):
    """With a `client`, an activity looks whether it is still wanted. `held_steps` notes which activities run."""

    def __init__(self, client: Client | None = None, held_steps: HeldSteps | None = None) -> None:
        self._client = client
        self._held_steps = held_steps

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Guarded(super().intercept_activity(next), self._client, self._held_steps)


class _Guarded(ActivityInboundInterceptor):
    def __init__(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002
        client: Client | None,
        held_steps: HeldSteps | None,
    ) -> None:
        super().__init__(next)
        self._client = client
        self._held_steps = held_steps

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        with self._held():
            return await self._attempt(input)

    def _held(self) -> AbstractContextManager[None]:
        return self._held_steps.held(activity.info().task_token) if self._held_steps else nullcontext()

    async def _attempt(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        is_counted = activity.info().activity_type not in COUNTED_ELSEWHERE
        if is_counted:
            await failed_attempts.begin()
        beat = failed_attempts.beat if is_counted else activity.heartbeat
        try:
            async with signs_of_life.shown(beat, self._client):
                return await self._in_time(input)
        except ApplicationError as error:
            level = logging.INFO if error.message == WAITS else logging.WARNING
            logger.log(level, "activity failed", extra=_facts() | _reason(error))
            raise (_counted(error) if is_counted else error) from error.__cause__
        except Exception as error:
            logger.exception("activity failed by a defect", extra=_facts())
            defect = retryable(DEFECT, type(error).__name__)
            if not is_counted or _counted(defect).non_retryable:
                raise final(DEFECT, defect.message) from error
            raise

    async def _in_time(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        """Raises OUT_OF_TIME if the work takes too long, without the time in which it waits for Slack's limits."""
        longest = activity.info().start_to_close_timeout
        total = longest.total_seconds() - ENDS_EARLY if longest else math.inf
        now = asyncio.get_running_loop().time()
        wait = LONGEST_WAIT.total_seconds()
        try:
            async with asyncio.timeout_at(now + total - (wait if total > wait else 0)) as deadline:
                time = AttemptTime(deadline, now + total, age=_age(), can_be_given_back=_is_free())
                with time.kept(), on_behalf_of(_person(input)):
                    return await super().execute_activity(input)
        except TimeoutError:
            if not deadline.expired():
                raise
            if time.ended_waiting:
                raise retryable(SLACK_UNAVAILABLE, "rate limits") from None
            raise retryable(OUT_OF_TIME, "took too long") from None


def _person(input: ExecuteActivityInput) -> str:  # noqa: A002
    """The person whom the activity answers; "" if there is none, or the activity does not know."""
    asked = input.args[0] if input.args else None
    audience = next(iter(asked.askers), None) if isinstance(asked, ReadLinks) else getattr(asked, "audience", None)
    return audience.id if isinstance(audience, Author) else ""


def _age() -> float:
    """The seconds since the activity was scheduled."""
    return max(0.0, (datetime.now(UTC) - activity.info().scheduled_time).total_seconds())


def _is_free() -> bool:
    return activity.info().activity_type in FREE_TO_REPEAT


def _facts() -> dict[str, Any]:
    info = activity.info()
    return {"activity": info.activity_type, "attempt": info.attempt, "workflow_id": info.workflow_id}


def _reason(error: ApplicationError) -> dict[str, Any]:
    """The error's code, and what an adapter says of it. What a tool says is left out: it may quote what people said."""
    is_tool = activity.info().activity_type not in set(ActivityName)
    return {"code": error.type} if is_tool else {"code": error.type, "reason": Translated(error.message)}


def _counted(error: ApplicationError) -> ApplicationError:
    """The error with which the attempt fails, and which is handed on to the next attempt.

    Most likely a defect is a bug of ours, and time runs out for the same reason as before: neither is tried for ever.
    """
    counted = failed_attempts.bounded(error) if error.type in {DEFECT, OUT_OF_TIME} else error
    failed_attempts.hand_on(counted)
    return counted
