"""An HTTP relay on this machine: services behind its addresses can be exchanged or cut off while the worker runs."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from agent_worker.activities.call_origin import HEADER
from playground.call_log import CallLog, Exchange
from process.door import door

# Headers that belong to one connection, not to the message. The next connection gets its own. The last two say where a
# browser has the request from, which the door has judged. Which activity has made a call is nobody else's business.
_OF_THE_CONNECTION = """connection content-length host keep-alive proxy-authenticate proxy-authorization te trailer
 transfer-encoding upgrade origin sec-fetch-site"""
_NOT_PASSED_ON = frozenset([*_OF_THE_CONNECTION.split(), HEADER.lower()])
LOOPBACK = "http://127.0.0.1:"
CONNECT_SECONDS = 10.0
LARGEST_REQUEST = 64 * 1024 * 1024  # bytes


class Relay:
    """`async with Relay({name: URL}) as relay:` sends requests to `relay.address(name)` on to the URL.

    Answers are streamed. `targets` may be changed at any time. While a name is in `away`, and if the target cannot be
    reached, connections to the name are cut without an answer. Requests to the name `gemini` are noted in `log`.
    """

    def __init__(self, targets: Mapping[str, str], *, gemini: str = "", log: CallLog | None = None) -> None:
        self.targets = dict(targets)
        self._gemini = gemini
        self._log = log
        self.away: set[str] = set()
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[door])
        application.router.add_route("*", "/{name}{path:(/.*)?}", self._pass_on)
        # If the caller closes its connection, the one to the target is closed too: nobody needs that answer any more.
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        self._port = 0

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        # Compressed bodies are passed on unchanged. Only the session for the internet uses proxies of the environment.
        self._inside = aiohttp.ClientSession(auto_decompress=False, timeout=timeout)
        self._outside = aiohttp.ClientSession(auto_decompress=False, timeout=timeout, trust_env=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._inside.close()
        await self._outside.close()

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self._port}/{name}"

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self.targets:
            return web.Response(status=404)
        body = await request.read()
        exchange = self._noted(name, request, body)
        try:
            if name in self.away:
                return _cut(request)
            target = self.targets[name].rstrip("/") + request.raw_path.removeprefix(f"/{name}")
            return await self._answer(request, target, body, exchange)
        except (aiohttp.ClientError, TimeoutError):
            return _cut(request)
        finally:
            if exchange is not None and self._log is not None:
                exchange.end()
                self._log.gemini.trim()

    def _noted(self, name: str, request: web.Request, body: bytes) -> Exchange | None:
        if self._log is None or name != self._gemini:
            return None
        return self._log.ask_gemini(request.headers, request.match_info["path"], body)

    async def _answer(
        self, request: web.Request, target: str, body: bytes, exchange: Exchange | None
    ) -> web.StreamResponse:
        session = self._inside if target.startswith(LOOPBACK) else self._outside
        headers = _passed_on(request.headers)
        if exchange is not None:
            headers["Accept-Encoding"] = "identity"  # the log is to be read
        async with session.request(request.method, target, data=body or None, headers=headers) as answer:
            response = web.StreamResponse(
                status=answer.status, reason=answer.reason, headers=_passed_on(answer.headers)
            )
            await response.prepare(request)
            if exchange is not None:
                exchange.status = answer.status
            async for piece in answer.content.iter_any():
                if exchange is not None:
                    exchange.answer += piece
                await response.write(piece)
        return response


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON}


def _cut(request: web.Request) -> web.Response:
    """Ends the connection. The response is not sent: the connection is closed by then."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)
