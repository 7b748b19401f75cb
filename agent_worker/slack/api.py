"""Calls to Slack's Web API. Its errors are translated here, once, into errors that Temporal retries or gives up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE, final, retryable
from agent_worker.slack.rate_limits import SlackBudget
from agent_worker.slack.refusals import UNTIL_REPAIRED
from process.slack_errors import MOVING, NO_ANSWER, PASSING, RATE_LIMITED, error_code, retry_after

_SERVER_ERRORS = range(500, 600)
_RATE_LIMIT_PAUSE = timedelta(seconds=10)  # if Slack does not say how long to wait
_LONG_PAUSE = timedelta(seconds=30)  # for what somebody has to repair, and for a workspace that is being moved


class SlackApi:
    """The Web API within its rate limits."""

    def __init__(self, client: AsyncWebClient, budget: SlackBudget) -> None:
        self.client = client
        self.budget = budget

    async def call(self, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> dict[str, Any]:
        """As the function `call` below, but waits first until the rate limits allow the call."""
        await self.budget.wait(method.__name__, arguments.get("channel", ""))
        return await self.call_at_once(method, **arguments)

    async def call_at_once(
        self, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
    ) -> dict[str, Any]:
        """Without waiting: for a call that `budget.wait` or `budget.spare` has allowed already."""
        try:
            return await call(method, **arguments)
        except ApplicationError as error:
            if error.message in RATE_LIMITED:
                pause = error.next_retry_delay or _RATE_LIMIT_PAUSE
                self.budget.pause(method.__name__, pause.total_seconds(), str(arguments.get("channel", "")))
            raise


async def call(method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> dict[str, Any]:
    """Calls one Web API method and returns Slack's answer.

    Raises ApplicationError with Slack's error name as its message: SLACK_UNAVAILABLE, which Temporal retries (after
    the seconds in Slack's Retry-After, if there are any), or SLACK_REFUSED, which is final. Neither has a cause: it
    could quote the request or the token.
    """
    try:
        response = await method(**arguments)
    except SlackApiError as error:
        raise _translated(error) from None  # the SDK's text quotes Slack's whole answer
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise retryable(SLACK_UNAVAILABLE, type(error).__name__) from None
    return dict(response.data) if isinstance(response.data, dict) else {}


def may_not_see(error: ApplicationError) -> bool:
    """Whether Slack refuses to show something to the app, so that the caller goes on without it."""
    return error.type == SLACK_REFUSED or error.message == "missing_scope"


def _translated(error: SlackApiError) -> Exception:
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    name = error_code(error)
    pause = timedelta(seconds=retry_after(error)) or None
    if name == NO_ANSWER:
        return retryable(SLACK_UNAVAILABLE, f"http_{status}", pause)
    if name in UNTIL_REPAIRED | MOVING:
        return retryable(SLACK_UNAVAILABLE, name, pause or _LONG_PAUSE)
    if name in PASSING or status in (HTTPStatus.TOO_MANY_REQUESTS, *_SERVER_ERRORS):
        return retryable(SLACK_UNAVAILABLE, name, pause)
    return final(SLACK_REFUSED, name)
