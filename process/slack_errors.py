"""What a refused Slack call says: the name of the error, and how long to wait before the next call."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

# Errors that somebody has to put right in the settings (https://docs.slack.dev/reference/methods/auth.test).
TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type"}
)
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
# Errors that pass by themselves (https://docs.slack.dev/apis/web-api). After internal_error or fatal_error the call may
# have succeeded in part.
PASSING = RATE_LIMITED | {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
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
