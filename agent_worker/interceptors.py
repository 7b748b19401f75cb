"""What holds for every activity: it heartbeats while it runs, its failure is logged, a defect is not tried for ever."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from agent_worker.errors import DEFECT, final

# Well within steps.HEARTBEAT_TIMEOUT. A step that ends sooner sends none: Temporal Cloud bills each one.
INTERVAL = 2.0  # seconds
# An error that no adapter has translated is most likely our own; a new version may cure it, the hundredth try will not.
DEFECT_ATTEMPTS = 5
logger = logging.getLogger(__name__)


class EveryActivity(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Guarded(super().intercept_activity(next))


class _Guarded(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        beating = asyncio.create_task(_beat())
        try:
            return await super().execute_activity(input)
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


def _facts() -> dict[str, Any]:
    info = activity.info()
    return {"step": info.activity_type, "attempt": info.attempt, "workflow_id": info.workflow_id}


async def _beat() -> None:
    while True:
        await asyncio.sleep(INTERVAL)
        activity.heartbeat()
