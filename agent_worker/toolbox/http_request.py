"""A tool's request to a web service: which answers are final, and when another attempt may succeed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import HttpUrl

from agent_worker.toolbox.tool import ToolError, ToolUnavailableError

LARGEST_ANSWER = 8 * 1024 * 1024  # bytes after decompression; the largest weather answer on record is below 1 MB
TRY_LATER = frozenset({408, 425, 429})  # statuses; so is every status from 500 on


async def get_text(
    http: httpx.AsyncClient,
    base: HttpUrl,
    *path: str,
    service: str,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Sends a GET to `base`/`path…` and returns the text of an answer with status 200.

    `service` is the service's name in error messages, which never contain the address: it may contain a key.
    Raises ToolUnavailableError when the service cannot be reached or is busy or broken, and ToolError for any other
    answer. A redirect raises ToolError too, because it could lead to any address.
    """
    return await _answer(http, http.build_request("GET", _url(base, path), headers=headers), service)


async def get_object(
    http: httpx.AsyncClient,
    base: HttpUrl,
    *path: str,
    service: str,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Like `get_text`, for an answer that is one JSON object; raises ToolError for any other content."""
    return _object(await get_text(http, base, *path, service=service, headers=headers), service)


async def post_object(
    http: httpx.AsyncClient,
    base: HttpUrl,
    *path: str,
    service: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Like `get_object`, for a POST with a JSON object, which may be answered with status 201, too.

    After a ToolUnavailableError nobody knows what the service has done: it may have carried out the request and then
    lost its answer. Send what names the request (see `ToolCallKey`), so that a second one changes nothing more.
    """
    request = http.build_request("POST", _url(base, path), json=dict(body), headers=headers)
    return _object(await _answer(http, request, service), service)


def _url(base: HttpUrl, path: Sequence[str]) -> httpx.URL:
    url = httpx.URL(str(base))
    return url.copy_with(path="/".join([url.path.rstrip("/"), *path])) if path else url


async def _answer(http: httpx.AsyncClient, request: httpx.Request, service: str) -> str:
    """The text of the answer. A redirect is not followed, whatever the client usually does."""
    try:
        response = await http.send(request, stream=True, follow_redirects=False)
        try:
            _check_status(request.method, response.status_code, service)
            return await _read(response, service)
        finally:
            await response.aclose()
    except httpx.RequestError as error:
        raise ToolUnavailableError(f"{service} could not be reached ({_why(error)}).") from error


def _why(error: httpx.RequestError) -> str:
    """What has happened, in words for people."""
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    if isinstance(error, httpx.DecodingError):
        return "its answer was damaged"
    return "no connection" if isinstance(error, httpx.ConnectError) else "the connection broke"


def _object(text: str, service: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: lists in lists, a thousand deep
        answer = None
    if not isinstance(answer, dict):
        raise ToolError(f"{service} gave an answer that cannot be understood.")
    return answer


def _check_status(method: str, status: int, service: str) -> None:
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in TRY_LATER:
        raise ToolUnavailableError(f"{service} cannot answer at the moment (HTTP status {status}).")
    if status in range(300, 400):
        raise ToolError(f"{service} has moved elsewhere and was not followed (HTTP status {status}).")
    if status != httpx.codes.OK and (method, status) != ("POST", httpx.codes.CREATED):
        raise ToolError(f"{service} refused the request (HTTP status {status}).")


async def _read(response: httpx.Response, service: str) -> str:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ToolError(f"{service} gave an answer that is too large to read.")
    return body.decode("utf-8", errors="replace")
