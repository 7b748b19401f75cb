"""An MCP server behind a URL: its answers bounded, and failures told apart by whether a request may have arrived."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client

from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.connection.failures import BROKEN, NO_MESSAGE, NOT_SENT, OURS, TOO_LARGE, UNREADABLE
from agent_worker.mcp.connection.lines import LONGEST_LINE
from text.json_shapes import mapping

CONNECT_TIMEOUT = 10.0  # seconds
SILENCE_TIMEOUT = 630.0  # seconds without a byte; each call has its own deadline, and a stream of events may be silent
# Answered before anything is done.
_REFUSED = {401: "refuses the credentials", 403: "refuses the credentials", 429: "cannot answer just now"}
_SESSION = "mcp-session-id"
_PLAIN = {"Accept-Encoding": "identity"}  # a compressed answer of 4 MB may be gigabytes
BAD_REQUEST, NOT_FOUND, REQUEST_TIMEOUT = 400, 404, 408


class TooLargeError(httpx2.StreamError):
    """The body of an answer is too large. The transport answers the request with the message."""


class Site:
    """One connection to a server's URL. `ended` is set when it has to be made anew; `reason` says why."""

    def __init__(self, configuration: ServerConfiguration) -> None:
        self._configuration = configuration
        self.ended = asyncio.Event()
        self.reason = "has ended the connection"

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[tuple[Any, Any]]:
        timeout = httpx2.Timeout(CONNECT_TIMEOUT, read=SILENCE_TIMEOUT)
        headers = {**_PLAIN, **self._configuration.headers}
        async with (
            _CarefulClient(self, headers=headers, timeout=timeout) as client,
            streamable_http_client(
                self._configuration.url, http_client=client, max_sse_event_size=LONGEST_LINE
            ) as streams,
        ):
            yield streams

    def give_up(self, reason: str) -> None:
        self.reason = reason
        self.ended.set()


class _CarefulClient(httpx2.AsyncClient):
    """Answers a request that fails with a JSON-RPC error that says how; else one failure would end the connection."""

    def __init__(self, site: Site, **options: Any) -> None:
        super().__init__(**options)
        self._site = site

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        try:
            response = await super().send(request, **options)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            self._site.give_up("cannot be reached")
            return _failure(request, NOT_SENT, "cannot be reached")
        except httpx2.TransportError:
            self._site.reason = "broke the connection"
            return _failure(request, BROKEN, "broke the connection")
        is_stream = response.headers.get("content-type", "").lower().startswith("text/event-stream")
        if response.is_error or not is_stream:
            response.stream = _Bounded(response.stream)
        code, problem = await self._problem(request, response)
        if not problem:
            return response
        self._site.reason = problem
        await response.aclose()
        return _failure(request, code, problem)

    async def _problem(self, request: httpx2.Request, response: httpx2.Response) -> tuple[int, str]:
        """What has become of a request that the answer does not answer, and why; "" if the answer itself says more."""
        status = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            return UNREADABLE, NO_MESSAGE
        if status in _REFUSED:
            return NOT_SENT, f"{_REFUSED[status]} (HTTP status {status})"
        if _SESSION in request.headers and await _forgets_session(response):
            self._site.give_up("has forgotten the session")
            return NOT_SENT, "has forgotten the session"
        if (response.is_server_error or status == REQUEST_TIMEOUT) and not _is_error(await _body(response)):
            return BROKEN, f"has failed (HTTP status {status})"
        return 0, ""


async def _forgets_session(response: httpx2.Response) -> bool:
    """Whether the server does not know the session. Some say so with the status of any bad request."""
    if response.status_code == BAD_REQUEST:
        return b"session" in (await _body(response)).lower()
    return response.status_code == NOT_FOUND


def _is_error(body: bytes) -> bool:
    """Whether it is an error of the protocol, and not of something in between."""
    try:
        message = mapping(json.loads(body))
    except (ValueError, RecursionError):
        return False
    return "jsonrpc" in message and "error" in message


async def _body(response: httpx2.Response) -> bytes:
    """What can be read of it."""
    try:
        return await response.aread()
    except (httpx2.TransportError, httpx2.StreamError):
        return b""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > LONGEST_LINE:
                raise TooLargeError(TOO_LARGE.format(LONGEST_LINE // 1_000_000))
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _failure(request: httpx2.Request, code: int, message: str) -> httpx2.Response:
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message, "data": OURS}}
    return httpx2.Response(503, json=error, request=request)
