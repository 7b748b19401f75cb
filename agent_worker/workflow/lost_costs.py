"""What calls of the model have cost whose reply the conversation does not read: they failed, or were stopped."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from agent_worker.payloads.costs import Spent, untold
    from agent_worker.payloads.errors import DEFECT, DIED, OUT_OF_TIME

_UNFINISHED = {OUT_OF_TIME, DEFECT, DIED}  # how calls end of which nobody knows what they have cost


def spent_in(error: BaseException, model: str) -> list[Spent]:
    """What a call has cost that came to no reply. One that was stopped has not told it."""
    cause = error.cause if isinstance(error, ActivityError) else None
    if not isinstance(cause, ApplicationError) or cause.type in _UNFINISHED:
        return [untold(model)]
    told = cause.details[0] if cause.details else []
    return [Spent.model_validate(one) for one in told] if isinstance(told, list) else []
