"""The health endpoint: `GET /healthz` says whether the bot is connected to Slack and reaches Temporal. No secrets.

200 or 503, and {"socket": "connected", "last_frame_seconds": 1.3, "temporal": "reachable", "catch_up": "done"}
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from temporalio.client import Client
from temporalio.service import RPCError

from process.door import door
from slackbot.catch_up.catch_up import CatchUp
from slackbot.connection.socket_mode import SocketMode

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CHECK_TIMEOUT = timedelta(seconds=2)
Report = tuple[bool, dict[str, Any]]


@dataclass(frozen=True)
class Health:
    """Asks the connection, Temporal and the catch-up how they are, each time that a report is wanted."""

    client: Client
    socket_mode: SocketMode
    catch_up: CatchUp

    async def report(self) -> Report:
        """Whether the bot is healthy, and the facts. A catch-up that is running is healthy."""
        temporal = "reachable" if await self._reaches_temporal() else "unreachable"
        last_frame = self.socket_mode.last_frame
        facts = {
            "socket": self.socket_mode.state,
            "last_frame_seconds": round(time.time() - last_frame, 1) if last_frame else None,
            "temporal": temporal,
            "catch_up": self.catch_up.state,
        }
        return (facts["socket"], temporal) == ("connected", "reachable"), facts

    async def _reaches_temporal(self) -> bool:
        try:
            return await self.client.service_client.check_health(timeout=CHECK_TIMEOUT)
        except RPCError:
            return False


@asynccontextmanager
async def serve(host: str, port: int | None, report: Callable[[], Awaitable[Report]]) -> AsyncIterator[None]:
    """Serves the report while the `async with` block runs; without a port nothing is served."""
    if port is None:
        yield
        return

    async def healthz(_: web.Request) -> web.Response:
        is_healthy, facts = await report()
        return web.json_response(facts, status=200 if is_healthy else 503)

    # Probes from outside choose their own name for the bot, so the door stands only where none can come from outside.
    app = web.Application(middlewares=[door] if host in LOOPBACK else [])
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
