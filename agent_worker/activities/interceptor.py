"""What every activity does: it heartbeats, ends before its deadline, and logs how it failed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from agent_worker.activities import failed_attempts
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.errors import DEFECT, OUT_OF_TIME, final, retryable
from process.log_records import Translated

# A third of the heartbeat timeout (activity_calls.py). A shorter activity sends none: Temporal Cloud bills each one.
HEARTBEAT_INTERVAL = 2.0  # seconds
# An error that no adapter has translated is most likely a bug of ours: trying for ever does not mend it.
DEFECT_ATTEMPTS = 5
# The workflow counts the failures of a delivery itself (deliveries.py), without the attempts while Slack was away.
COUNTED_ELSEWHERE = {ActivityName.DELIVER}
# An activity ends this long before Temporal gives it up: otherwise it could write beside its next attempt.
ENDS_EARLY = 0.5  # seconds
logger = logging.getLogger(__name__)


class EveryActivity(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Guarded(super().intercept_activity(next))


class _Guarded(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        beating = asyncio.create_task(_beat())
        try:
            return await self._in_time(input)
        except ApplicationError as error:
            logger.warning("activity failed", extra=_facts() | _reason(error))
            raise
        except Exception as error:
            logger.exception("activity failed by a defect", extra=_facts())
            if activity.info().attempt >= DEFECT_ATTEMPTS or activity.info().activity_type in COUNTED_ELSEWHERE:
                raise final(DEFECT, type(error).__name__) from error
            raise
        finally:
            beating.cancel()

    async def _in_time(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        longest = activity.info().start_to_close_timeout
        try:
            async with asyncio.timeout(longest.total_seconds() - ENDS_EARLY if longest else None) as deadline:
                return await super().execute_activity(input)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise retryable(OUT_OF_TIME, "took too long") from None


def _facts() -> dict[str, Any]:
    info = activity.info()
    return {"activity": info.activity_type, "attempt": info.attempt, "workflow_id": info.workflow_id}


def _reason(error: ApplicationError) -> dict[str, Any]:
    """The error's code, and what an adapter says of it. What a tool says is left out: it may quote what people said."""
    is_tool = activity.info().activity_type not in set(ActivityName)
    return {"code": error.type} if is_tool else {"code": error.type, "reason": Translated(error.message)}


async def _beat() -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_INTERVAL)
        failed_attempts.keep()
