"""Which failures of Slack and Temporal waiting may cure."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

from process.slack_errors import NO_ANSWER, PASSING, TOKEN_REFUSED, error_code

# What a call of Slack or Temporal raises while one of them is away.
UNREACHABLE = (RPCError, WorkflowQueryFailedError, SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


def will_pass(error: Exception) -> bool:
    """Whether the same call may succeed later: when Slack has recovered, or somebody has put the token right."""
    return not isinstance(error, SlackApiError) or error_code(error) in {*PASSING, *TOKEN_REFUSED, NO_ANSWER}
