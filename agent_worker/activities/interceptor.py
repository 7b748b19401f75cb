"""What every activity does: it heartbeats, ends before its deadline, and logs how it failed."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from agent_worker.activities import failed_attempts
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.errors import DEFECT, OUT_OF_TIME, SLACK_UNAVAILABLE, final, retryable
from agent_worker.payloads.links import ReadLinks
from agent_worker.payloads.thread import Author
from agent_worker.payloads.waiting import LONGEST_WAIT
from agent_worker.slack.attempt_time import AttemptTime
from agent_worker.slack.rate_limits import on_behalf_of
from agent_worker.slack.refusals import WAITS
from process.log_records import Translated

# A third of the heartbeat timeout (activity_calls.py). A shorter activity sends none: Temporal Cloud bills each one.
HEARTBEAT_INTERVAL = 2.0  # seconds
# The workflow counts the failures of a delivery itself (deliveries.py), without the attempts while Slack was away.
COUNTED_ELSEWHERE = {ActivityName.DELIVER}
# Their next attempt does nothing again that this one has done, except for looking up a name.
FREE_TO_REPEAT = {ActivityName.OPEN_CONVERSATION, ActivityName.LOOK_UP_NAMES, ActivityName.DELIVER}
# An activity ends this long before Temporal gives it up: otherwise it could write beside its next attempt.
ENDS_EARLY = 0.5  # seconds
logger = logging.getLogger(__name__)


class EveryActivity(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Guarded(super().intercept_activity(next))


class _Guarded(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        is_counted = activity.info().activity_type not in COUNTED_ELSEWHERE
        if is_counted:
            await failed_attempts.begin()
        beating = asyncio.create_task(_beat(failed_attempts.beat if is_counted else activity.heartbeat))
        try:
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
        finally:
            beating.cancel()

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


async def _beat(beat: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_INTERVAL)
        beat()
