"""An MCP server behind a URL that answers as a test wants: with a status, a body that is too large, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answering = str | int | Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY = "key-4711-of-the-site"


class OddSite:
    """`answer` is what calls get: a text, an error page with this status, or what a function returns.

    `sessions` are those it knows; each beginning makes a new one.
    """

    def __init__(self) -> None:
        self.port = 0
        self.answer: Answering = "fine"
        self.status = 0  # in place of every answer, if it is set
        self.calls: list[str] = []
        self.sessions: set[str] = set()
        self.begun = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/mcp", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        if self.status:
            return web.Response(status=self.status, text=f"no: {request.headers.get('Authorization')}")
        message = await request.json()
        if message["method"] == "server/discover":
            return web.Response(status=404, text="no such method")
        if message["method"] == "initialize":
            return self._begin(message)
        if request.headers.get("mcp-session-id") not in self.sessions:
            return web.Response(status=404, text="no such session")
        return await self._answer(request, message) if "id" in message else web.Response(status=202)

    def _begin(self, message: dict[str, Any]) -> web.Response:
        self.begun += 1
        session = f"session-{self.begun}"
        self.sessions.add(session)
        info = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
        return _told(message, {**info, "serverInfo": {"name": "odd", "version": "1"}}, {"mcp-session-id": session})

    async def _answer(self, request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        if message["method"] == "tools/list":
            return _told(message, {"tools": [{"name": "look", "inputSchema": {"type": "object"}}]})
        self.calls.append(message["params"]["name"])
        if isinstance(self.answer, str):
            return _told(message, {"content": [{"type": "text", "text": self.answer}]})
        if isinstance(self.answer, int):
            return web.Response(status=self.answer, text="an error page")
        return await self.answer(request)


def _told(message: dict[str, Any], result: dict[str, Any], headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"jsonrpc": "2.0", "id": message["id"], "result": result}, headers=headers)


@asynccontextmanager
async def odd_site() -> AsyncIterator[OddSite]:
    site = OddSite()
    await site.start()
    try:
        yield site
    finally:
        await site.stop()
