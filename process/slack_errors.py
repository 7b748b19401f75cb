"""What a refused Slack call says: the name of the error, of which kind it is, and how long to wait.

The kinds are kept here for both processes. Names of errors are Slack's (https://docs.slack.dev/apis/web-api and the
page of each method, August 2026). A name of no kind is a refusal: the same call would be refused again.
"""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

# Errors that somebody has to put right in the settings (https://docs.slack.dev/reference/methods/auth.test).
TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type"}
)

# Errors that pass by themselves, by what they tell of the call.
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
# The workspace is being moved into an organisation, which takes minutes: Slack does nothing meanwhile.
MOVING = frozenset({"team_added_to_org", "org_login_required"})
# The members of the workspace write too much just now (a limit of free workspaces).
BUSY = frozenset({"message_limit_exceeded"})
# Slack's servers have failed. After internal_error or fatal_error the call may have succeeded in part.
FAILED = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
PASSING = RATE_LIMITED | MOVING | BUSY | FAILED
# After these, Slack has certainly not carried out the call.
UNDONE = RATE_LIMITED | MOVING | BUSY
NO_ANSWER = "no usable answer"


def error_code(error: SlackApiError) -> str:
    """Slack's name of the error; NO_ANSWER if the response is not Slack's (but a proxy's error page, for example)."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", NO_ANSWER)) if isinstance(data, dict) else NO_ANSWER


def retry_after(error: Exception) -> float:
    """How many seconds Slack asks us to wait before the next call; 0 if it does not say."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
