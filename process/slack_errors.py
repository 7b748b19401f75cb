"""What Slack says when it refuses a call: the error's name, and for how long it wants to be left alone."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

# What a person has to put right (https://docs.slack.dev/reference/methods/auth.test).
TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type"}
)
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
# What passes by itself (https://docs.slack.dev/apis/web-api); internal_error and fatal_error may have partly succeeded.
PASSING = RATE_LIMITED | {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
NO_ANSWER = "no usable answer"


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
