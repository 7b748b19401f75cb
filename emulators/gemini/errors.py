"""The errors of the Gemini API, worded as it words them (from answers recorded in public issue reports)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GOOGLE_RPC = "type.googleapis.com/google.rpc"
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
USUAL_MESSAGES = {
    400: "Request contains an invalid argument.",
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    408: "The request timed out. Please try again.",
    413: "Request payload size exceeds the limit: 20971520 bytes.",
    429: "Resource has been exhausted (e.g. check quota).",
    499: "The operation was cancelled.",
    500: "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/"
    "troubleshooting",
    502: "The service is currently unavailable.",
    503: "The model is overloaded. Please try again later.",
    504: "The request timed out. Please try again.",
}
_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "head to: https://ai.google.dev/gemini-api/docs/rate-limits."
)
_INVALID_KEY = "API key not valid. Please pass a valid API key."


class Refused(Exception):  # noqa: N818  it names what happened to the request
    """The request is answered with an error; `status` is the HTTP status, `body` the JSON body."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(body["error"]["message"])
        self.status = status
        self.body = body


def error_body(
    status: int,
    message: str | None = None,
    *,
    status_name: str | None = None,
    details: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Google's error envelope. Without a message it has the one that Gemini usually sends with this HTTP status."""
    error: dict[str, Any] = {
        "code": status,
        "message": message or USUAL_MESSAGES.get(status, "Unknown error."),
        "status": status_name or STATUS_NAMES.get(status, "UNKNOWN"),
    }
    return {"error": error | ({"details": list(details)} if details else {})}


def invalid(message: str, *, details: Sequence[Mapping[str, Any]] = ()) -> Refused:
    """400 INVALID_ARGUMENT."""
    return Refused(400, error_body(400, message, details=details))


def unknown_name(name: str, path: str) -> Refused:
    """400 for a field that the schema does not have. `path`: where the field stands, "" for the top of the request."""
    where = f" at '{path}'" if path else ""
    violation = {"description": f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'}
    field = {"field": path} if path else {}
    details: dict[str, Any] = {"@type": f"{GOOGLE_RPC}.BadRequest", "fieldViolations": [field | violation]}
    return invalid(violation["description"], details=[details])


def bad_key() -> Refused:
    """400, not 401, for a wrong API key."""
    details: list[dict[str, Any]] = [
        {
            "@type": f"{GOOGLE_RPC}.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {"@type": f"{GOOGLE_RPC}.LocalizedMessage", "locale": "en-US", "message": _INVALID_KEY},
    ]
    return invalid(_INVALID_KEY, details=details)


def no_key() -> Refused:
    """403 for a request without any key."""
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API."
    )
    return Refused(403, error_body(403, message))


def unknown_model(model: str, api_version: str) -> Refused:
    """404 for a model that this version of the API does not have."""
    message = (
        f"models/{model} is not found for API version {api_version}, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods."
    )
    return Refused(404, error_body(404, message))


def short_deadline(seconds: int) -> Refused:
    """400 for an X-Server-Timeout header of less than ten seconds."""
    return invalid(f"Manually set deadline {seconds}s is too short. Minimum allowed deadline is 10s.")


def rate_limited(retry_delay: str | None) -> dict[str, Any]:
    """The body of 429 for a quota per minute. `retry_delay` ("17.402s") goes into RetryInfo; None omits all details."""
    if retry_delay is None:
        return error_body(429)
    violation = _violation("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "10")
    return error_body(429, _QUOTA, details=[violation, _help(), _retry_info(retry_delay)])


def daily_quota(model: str, retry_delay: str) -> dict[str, Any]:
    """The body of 429 for a quota per day. It names a retry delay too, after which the quota is still used up."""
    violation = _violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250", model)
    return error_body(429, _QUOTA, details=[violation, _help(), _retry_info(retry_delay)])


def _violation(quota_id: str, value: str, model: str = "") -> dict[str, Any]:
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        "quotaId": quota_id,
        "quotaDimensions": {"location": "global"} | ({"model": model} if model else {}),
        "quotaValue": value,
    }
    return {"@type": f"{GOOGLE_RPC}.QuotaFailure", "violations": [violation]}


def _help() -> dict[str, Any]:
    link = {
        "description": "Learn more about Gemini API quotas",
        "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
    }
    return {"@type": f"{GOOGLE_RPC}.Help", "links": [link]}


def _retry_info(retry_delay: str) -> dict[str, Any]:
    return {"@type": f"{GOOGLE_RPC}.RetryInfo", "retryDelay": retry_delay}
