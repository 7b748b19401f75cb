"""What a call of Slack or Temporal raises while one of them is away, and which of these errors pass by themselves."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

from process.slack_errors import NO_ANSWER, PASSING, TOKEN_REFUSED, error_code

CALL_ERRORS = (RPCError, WorkflowQueryFailedError, SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


def may_pass(error: Exception) -> bool:
    """Whether the same call may succeed later: once Slack has recovered, or somebody has set a valid token."""
    return not isinstance(error, SlackApiError) or error_code(error) in {*PASSING, *TOKEN_REFUSED, NO_ANSWER}
