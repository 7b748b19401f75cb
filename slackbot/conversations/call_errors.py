"""What a call of Slack or Temporal raises while one of them is away, and which of these errors pass by themselves."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from process.slack_errors import NO_ANSWER, PASSING, RATE_LIMITED, TOKEN_REFUSED, error_code

CALL_ERRORS = (RPCError, WorkflowQueryFailedError, SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
# A run takes 10,000 signals. The conversation goes on in a new run as soon as its turn is over.
_TOO_MANY_SIGNALS = "limit for signal events"
_TOO_LARGE = "larger than max"  # of a whole call (4 MB); with the same status as a rate limit


def may_pass(error: Exception) -> bool:
    """Whether the same call may succeed later: once a service has recovered, or somebody has set a valid token.

    An error that is not of CALL_ERRORS is a defect of ours, which does not pass.
    """
    if isinstance(error, SlackApiError):
        return error_code(error) in {*PASSING, *TOKEN_REFUSED, NO_ANSWER}
    if isinstance(error, RPCError):
        return not _is_refused(error)
    return isinstance(error, CALL_ERRORS)


def is_rate_limit(error: Exception) -> bool:
    return isinstance(error, SlackApiError) and error_code(error) in RATE_LIMITED


def _is_refused(error: RPCError) -> bool:
    """Whether Temporal will never take this call: what it holds is too large or malformed."""
    if error.status == RPCStatusCode.RESOURCE_EXHAUSTED:
        return _TOO_LARGE in error.message
    return error.status == RPCStatusCode.INVALID_ARGUMENT and _TOO_MANY_SIGNALS not in error.message
