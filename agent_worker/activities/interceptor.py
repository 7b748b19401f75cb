"""What holds for every activity: it heartbeats, ends in time, and a defect is logged and not tried for ever."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from agent_worker.payloads.errors import DEFECT, OUT_OF_TIME, final, retryable

# Well within steps.HEARTBEAT_TIMEOUT. A step that ends sooner sends none: Temporal Cloud bills each one.
INTERVAL = 2.0  # seconds
# An error that no adapter has translated is most likely our own; a new version may cure it, the hundredth try will not.
DEFECT_ATTEMPTS = 5
# A step ends so much before Temporal gives it up: one that went on would write into the thread beside the next attempt.
IN_TIME = 0.5  # seconds
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
            logger.warning("step failed", extra=_facts() | {"code": error.type, "reason": error.message})
            raise
        except Exception as error:
            logger.exception("step failed by a defect", extra=_facts())
            if activity.info().attempt >= DEFECT_ATTEMPTS:
                raise final(DEFECT, type(error).__name__) from error
            raise
        finally:
            beating.cancel()

    async def _in_time(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        longest = activity.info().start_to_close_timeout
        try:
            async with asyncio.timeout(longest.total_seconds() - IN_TIME if longest else None) as deadline:
                return await super().execute_activity(input)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise retryable(OUT_OF_TIME, "took too long") from None


def _facts() -> dict[str, Any]:
    info = activity.info()
    return {"step": info.activity_type, "attempt": info.attempt, "workflow_id": info.workflow_id}


async def _beat() -> None:
    while True:
        await asyncio.sleep(INTERVAL)
        activity.heartbeat()
