"""What a card says of a step that came to nothing, if the tool does not say it. Pure."""

from __future__ import annotations

from temporalio.exceptions import ActivityError
from temporalio.exceptions import TimeoutError as TemporalTimeout

from agent_worker.payloads.errors import DIED, OUT_OF_TIME, TOOL_UNAVAILABLE, code_of

FAILED = "Failed"
NO_ANSWER = "No answer from the service"
TOOK_TOO_LONG = "Took too long"
NOT_CARRIED_OUT = "Not carried out"
WRONG_ARGUMENTS = "The arguments did not fit"


def failed_step(error: ActivityError) -> str:
    """What the card says of a tool call that has failed with this error."""
    code = code_of(error)
    if code in {OUT_OF_TIME, DIED} or isinstance(error.cause, TemporalTimeout):
        return TOOK_TOO_LONG
    return NO_ANSWER if code == TOOL_UNAVAILABLE else FAILED
