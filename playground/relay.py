"""Addresses on this machine behind which services can be exchanged, and taken away, while the worker runs."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

# What belongs to one connection and not to the message, and what is made anew for the next.
_OF_THE_CONNECTION = """connection content-length host keep-alive proxy-authenticate proxy-authorization te trailer
 transfer-encoding upgrade"""
_NOT_PASSED_ON = frozenset(_OF_THE_CONNECTION.split())
LOOPBACK = "http://127.0.0.1:"
CONNECT_SECONDS = 10.0
LARGEST_REQUEST = 64 * 1024 * 1024


class Relay:
    """`async with Relay({name: URL}) as relay:` passes on what comes to `relay.address(name)`; answers are streamed.

    `targets` may be changed at any time. While a name is in `away`, its connections are cut without an answer.
    """

    def __init__(self, targets: Mapping[str, str]) -> None:
        self.targets = dict(targets)
        self.away: set[str] = set()
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_route("*", "/{name}{path:(/.*)?}", self._pass_on)
        # Who hangs up here hangs up there: a model call that nobody waits for is paid for all the same.
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        self._port = 0

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        # Proxies from the environment are for what is out there; `auto_decompress`: bodies go on as they come.
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
        if name in self.away:
            return _cut(request)
        target = self.targets[name].rstrip("/") + request.raw_path.removeprefix(f"/{name}")
        try:
            return await self._answer(request, target)
        except (aiohttp.ClientError, TimeoutError):
            return _cut(request)

    async def _answer(self, request: web.Request, target: str) -> web.StreamResponse:
        session = self._inside if target.startswith(LOOPBACK) else self._outside
        body, headers = await request.read(), _passed_on(request.headers)
        async with session.request(request.method, target, data=body or None, headers=headers) as answer:
            response = web.StreamResponse(
                status=answer.status, reason=answer.reason, headers=_passed_on(answer.headers)
            )
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
        return response


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON}


def _cut(request: web.Request) -> web.Response:
    """End the connection; what is returned finds nobody to go to."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)
