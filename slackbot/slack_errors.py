"""What Slack's refusals mean to the bot: their name, how long to wait, and whether waiting changes anything."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

# What a person has to put right (https://docs.slack.dev/reference/methods/apps.connections.open).
TOKEN_REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
        "missing_scope",
    }
)
# What passes by itself (https://docs.slack.dev/apis/web-api), besides answers that are none.
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
NO_ANSWER = "no usable answer"
# What a call of Slack or Temporal raises while one of them is away.
UNREACHABLE = (RPCError, WorkflowQueryFailedError, SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


def error_code(error: SlackApiError) -> str:
    """Slack's name of the error; NO_ANSWER for an answer that is not Slack's."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", NO_ANSWER)) if isinstance(data, dict) else NO_ANSWER


def retry_after(error: Exception) -> float:
    """The seconds for which Slack wants to be left alone; 0 when it says nothing."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("Retry-After", 0))
    except ValueError:
        return 0.0


def will_pass(error: Exception) -> bool:
    """Whether the same call may succeed later: when Slack has recovered, or somebody has put the token right."""
    if not isinstance(error, SlackApiError):
        return True
    code = error_code(error)
    return code in _PASSING or code == NO_ANSWER or (code in TOKEN_REFUSED and code != "missing_scope")
