"""One call to Slack's Web API, and exactly what came back: also from a proxy that is not Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from process.checkup.checks import StoppedError
from process.checkup.finding import Outcome, failed, named, quoted, unknown
from process.slack_errors import PASSING
from text.json_shapes import mapping, string
from text.json_text import decoded

TOO_MANY_REQUESTS, FIRST_SERVER_ERROR = 429, 500
# https://docs.slack.dev/reference/methods/auth.test and https://docs.slack.dev/reference/methods/apps.connections.open
_REASONS = {
    "invalid_auth": "Slack does not know this token: it is cut off, or its app was deleted",
    "not_authed": "no token arrived at Slack: something between here and Slack has taken it away",
    "token_revoked": "the token was revoked, or the app was uninstalled",
    "token_expired": "the token has expired: the app has token rotation, with which the bot cannot work",
    "account_inactive": "the app was removed from the workspace, or the workspace is gone",
    "not_allowed_token_type": "the token is of another kind than this call takes",
    "missing_scope": "the token has not the scope that this call needs",
    "accesslimited": "the workspace takes no calls from this network",
    "access_denied": "the workspace does not let the app do this",
    "team_access_not_granted": "the app was not granted access to this workspace",
    "org_login_required": "the workspace is being moved into an organisation",
    "team_added_to_org": "the workspace is being moved into an organisation",
}


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is Slack's JSON object, or None if the answer is none; `middle` is the moment between
    sending and receiving, in seconds since 1970.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    text: str
    body: Mapping[str, Any] | None
    middle: float

    @property
    def error(self) -> str:
        """Slack's name of the error; "" if the call has succeeded."""
        if self.body is None:
            return "no JSON"
        return "" if self.body.get("ok") is True else string(self.body.get("error")) or "no error named"

    def told(self) -> str:
        """The answer as it came, in a sentence."""
        status = f"HTTP status {self.status} {self.reason}".rstrip()
        if self.body is None:
            kind = self.headers.get("Content-Type", "no content type")
            return f"{status} with {kind} instead of Slack's JSON: {quoted(self.text)}"
        more = [f"{name}: {self.body[name]}" for name in ("needed", "provided") if self.body.get(name)]
        more += [f"try again after {self.headers['Retry-After']} s"] if "Retry-After" in self.headers else []
        return f"{status}, Slack's error is {'; '.join([self.error, *more])}"


async def ask(
    client: AsyncWebClient,
    method: str,
    token: str,
    arguments: Mapping[str, str] | None = None,
    *,
    now: Callable[[], float] = time.time,
) -> Answer:
    """Calls the method once. Raises StoppedError if nothing came back.

    Not through the SDK's methods, which keep nothing of an answer that is not Slack's. Session, proxy and address are
    those of the bot's own client.
    """
    session = client.session
    if session is None:
        raise RuntimeError("the client has no session: it is made by process.slack.open_client")
    began = now()
    try:
        async with session.post(
            f"{client.base_url}{method}",
            data=arguments or {},
            headers={"Authorization": f"Bearer {token}"},
            proxy=client.proxy,
            ssl=client.ssl if client.ssl is not None else True,
        ) as response:
            text = await response.text(errors="replace")
            body = decoded(text)
            return Answer(
                response.status,
                response.reason or "",
                response.headers,
                text,
                mapping(body) if isinstance(body, dict) else None,
                (began + now()) / 2,
            )
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise StoppedError(nothing_came_back(client, error)) from None


def nothing_came_back(client: AsyncWebClient, error: BaseException) -> Outcome:
    """What is told of a request that was not answered."""
    way = " through the proxy that the environment names" if client.proxy else ""
    mend = "see whether this machine may reach slack.com (DNS, firewall, HTTPS_PROXY, SLACK_API_URL)"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        mend = "something in between has a certificate of its own: name its root certificate in SSL_CERT_FILE"
    return failed(f"no answer of Slack{way}: {named(type(error).__name__, str(error))}", mend)


def refused(answer: Answer, mend: str) -> StoppedError:
    """For an answer that is not what the check hoped for; `mend` is for a refusal that has to do with the token."""
    if answer.body is None:
        return StoppedError(
            failed(answer.told(), "a proxy or another server answers in Slack's place: see SLACK_API_URL, HTTPS_PROXY")
        )
    is_passing = answer.error in PASSING or answer.status == TOO_MANY_REQUESTS or answer.status >= FIRST_SERVER_ERROR
    if is_passing:
        return StoppedError(unknown(answer.told(), "Slack cannot answer just now: try again in a minute"))
    reason = _REASONS.get(answer.error, "https://docs.slack.dev/reference/methods lists what this may mean")
    return StoppedError(failed(f"{answer.told()} ({reason})", mend))
