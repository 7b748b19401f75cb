"""Downloads of Slack's files. The bot's token goes along, and is never sent to another host than Slack's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import httpx
from pydantic import HttpUrl, SecretStr

from agent_worker.payloads.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack.files.contents import DELETED, NOT_SHOWN, UnreadableError

LONGEST_DOWNLOAD = timedelta(seconds=60)
MOST_REDIRECTS = 3
_DOMAINS = ("slack.com", "slack-gov.com")  # Slack's own; files are at another host there than the Web API
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(frozen=True)
class Download:
    """What Slack sent for a file. `is_page`: it came as an HTML page, which may be the login page and not the file."""

    data: bytes
    is_page: bool


class SlackDownloads:
    """Downloads from the domain of the Web API; if that is not Slack's (in tests), only from the same origin."""

    def __init__(self, http: httpx.AsyncClient, token: SecretStr, slack_url: HttpUrl) -> None:
        self._http = http
        self._token = token
        self._slack = httpx.URL(str(slack_url))

    async def fetch(self, address: str, at_most: int) -> Download:
        """The first `at_most` bytes of the file at the address.

        Raises UnreadableError if Slack refuses or the address is not Slack's, and ApplicationError (SLACK_UNAVAILABLE,
        retryable) if Slack cannot answer now.
        """
        try:
            url = httpx.URL(address)
            async with asyncio.timeout(LONGEST_DOWNLOAD.total_seconds()):
                for _ in range(MOST_REDIRECTS + 1):
                    answer = await self._get(url, at_most)
                    if isinstance(answer, Download):
                        return answer
                    url = answer
        except httpx.InvalidURL:
            raise UnreadableError(NOT_SHOWN) from None
        except (httpx.RequestError, TimeoutError) as error:
            raise retryable(SLACK_UNAVAILABLE, f"download: {type(error).__name__}") from None
        raise UnreadableError(NOT_SHOWN)

    async def _get(self, url: httpx.URL, at_most: int) -> Download | httpx.URL:
        """Makes one request. Returns the file, or the address to which Slack redirects."""
        if not self._is_slacks(url):
            raise UnreadableError("its address is not one of Slack's")
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}", "Accept-Encoding": "identity"}
        async with self._http.stream("GET", url, headers=headers, follow_redirects=False) as response:
            if response.has_redirect_location:
                return url.join(response.headers["Location"])
            _check(response)
            is_page = response.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html"
            return Download(await _read(response, at_most), is_page)

    def _is_slacks(self, url: httpx.URL) -> bool:
        domain = next((domain for domain in _DOMAINS if _is_within(self._slack.host, domain)), "")
        if domain:
            return url.scheme == "https" and _is_within(url.host, domain) and url.port is None
        return (url.scheme, url.host, url.port) == (self._slack.scheme, self._slack.host, self._slack.port)


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _check(response: httpx.Response) -> None:
    """Raises for every answer that is not the file, as `fetch` says."""
    status = response.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        pause = response.headers.get("Retry-After", "")
        delay = timedelta(seconds=int(pause)) if pause.isdecimal() else None
        raise retryable(SLACK_UNAVAILABLE, f"download: http_{status}", delay)
    if status != HTTPStatus.OK:
        raise UnreadableError(DELETED if status in _GONE else NOT_SHOWN)


async def _read(response: httpx.Response, at_most: int) -> bytes:
    """Stops when there are enough bytes: the rest is not downloaded."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= at_most:
            break
    return bytes(body[:at_most])
