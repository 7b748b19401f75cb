"""Calls to Slack's Web API, with Slack's failures translated once into what Temporal does about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from temporalio.exceptions import ApplicationError

from agent_worker.errors import SLACK_REFUSED, SLACK_UNAVAILABLE, final, retryable

# Slack itself is in trouble or asks for patience; internal_error and fatal_error may have partly succeeded.
_PASSING = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
# Whoever runs the app has to put these right; what was to be said must not be lost meanwhile.
_UNTIL_REPAIRED = {
    "access_denied",
    "account_inactive",
    "invalid_auth",
    "missing_scope",
    "not_authed",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}
_SERVER_ERRORS = range(500, 600)
_REPAIR_PAUSE = timedelta(seconds=30)


async def call(method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> dict[str, Any]:
    """Calls one Web API method and returns Slack's answer.

    Raises ApplicationError: SLACK_UNAVAILABLE (tried again, after Slack's own Retry-After where it names one) or
    SLACK_REFUSED (final), each with Slack's error name as its message.
    """
    try:
        response = await method(**arguments)
    except SlackApiError as error:
        raise _translated(error) from None  # the SDK's text quotes the whole answer
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise retryable(SLACK_UNAVAILABLE, type(error).__name__) from None
    return dict(response.data) if isinstance(response.data, dict) else {}


def may_not_see(error: ApplicationError) -> bool:
    """Whether Slack will not show this to the app, now or later: what can do without it goes on without it."""
    return error.type == SLACK_REFUSED or error.message == "missing_scope"


def _translated(error: SlackApiError) -> Exception:
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    data = getattr(error.response, "data", None)
    name = str(data.get("error", "")) if isinstance(data, dict) else ""
    if name in _PASSING or not name or status in (HTTPStatus.TOO_MANY_REQUESTS, *_SERVER_ERRORS):
        return retryable(SLACK_UNAVAILABLE, name or f"http_{status}", _retry_after(error))
    if name in _UNTIL_REPAIRED:
        return retryable(SLACK_UNAVAILABLE, name, _REPAIR_PAUSE)
    return final(SLACK_REFUSED, name)


def _retry_after(error: SlackApiError) -> timedelta | None:
    headers = getattr(error.response, "headers", None) or {}
    value = str(headers.get("Retry-After", ""))
    return timedelta(seconds=int(value)) if value.isdigit() else None
