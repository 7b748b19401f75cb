"""The Slack client of a process, and who the app is in its workspace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from pydantic import HttpUrl, SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from process.settings import refuse
from process.slack_errors import TOKEN_REFUSED, error_code

SLACK_API_URL = "https://slack.com/api/"
CALL_TIMEOUT = 10  # seconds
LONGEST_PAUSE = 5.0  # seconds between attempts to reach Slack
_THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]"}
# Such a token acts in many workspaces, and Slack names them by an id of their own in each event.
_ORGANISATION_WIDE = (
    "SLACK_BOT_TOKEN: the app is installed in a whole organisation, which the agent does not support; install it "
    "in one workspace and copy the Bot User OAuth Token of that installation"
)
logger = logging.getLogger(__name__)


def bot_token(token: SecretStr) -> SecretStr:
    """Returns the token if it is a bot token; raises ValueError, without the token in its text, if not."""
    if not token.get_secret_value().startswith("xoxb-"):
        raise ValueError("is not a bot token")
    return token


@dataclass(frozen=True)
class Identity:
    """Who the app is in its workspace."""

    team_id: str
    bot_user_id: str
    bot_id: str
    url: str = ""  # the workspace's address, for links into it: https://name.slack.com/
    scopes: frozenset[str] | None = None  # what the app may do; None if Slack did not say


@asynccontextmanager
async def open_client(
    api_url: HttpUrl, token: SecretStr | None, headers: Callable[[], Mapping[str, str]] | None = None
) -> AsyncIterator[AsyncWebClient]:
    """A client for Slack's Web API; every call ends after 10 s. `token` is None if each call brings its own.

    The SDK's retries are off: they would post a message again if only Slack's reply was lost. `headers` are asked for
    with each call, which carries them.
    """
    traces = [_adding(headers)] if headers else []
    timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=traces) as session:
        client = AsyncWebClient(
            token=token.get_secret_value() if token else None,
            base_url=str(api_url),
            timeout=CALL_TIMEOUT,
            session=session,
            retry_handlers=[],
        )
        if api_url.host in _THIS_MACHINE:
            client.proxy = None  # the SDK uses HTTPS_PROXY for every address and ignores NO_PROXY
        yield client


def _adding(headers: Callable[[], Mapping[str, str]]) -> aiohttp.TraceConfig:
    """What adds headers to each request of a session: the SDK takes only headers that never change."""

    async def add(_session: object, _context: object, started: aiohttp.TraceRequestStartParams) -> None:
        started.headers.update(headers())

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(add)
    return trace


async def identify(client: AsyncWebClient) -> Identity:
    """Asks Slack who the token belongs to. Waits while Slack is away.

    Exits with code 2 if Slack refuses the token, or if it is of an installation in a whole organisation.
    """
    pause = 0.25
    while True:
        try:
            answer = await client.auth_test()
            if answer.get("is_enterprise_install"):
                refuse([_ORGANISATION_WIDE])
            ids = answer["team_id"], answer["user_id"], answer["bot_id"]
            return Identity(*ids, answer.get("url") or "", scopes_in(answer.headers))
        except SlackApiError as error:
            reason = error_code(error)
            if reason in TOKEN_REFUSED:
                refuse(
                    [f"SLACK_BOT_TOKEN: Slack refuses it ({reason}); copy the Bot User OAuth Token of the app again"]
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = type(error).__name__
        logger.warning("waiting for Slack", extra={"reason": reason})
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def scopes_in(headers: Mapping[str, str]) -> frozenset[str] | None:
    """What the token may do, as the headers of an answer tell; None if they do not."""
    listed = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    return None if listed is None else frozenset(scope.strip() for scope in listed.split(",") if scope.strip())
