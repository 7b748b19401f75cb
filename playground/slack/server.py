"""One HTTP server on 127.0.0.1 for all that the emulator serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]  # HTTP method ("*" for any), path, handler


class Server:
    """Serves the routes between `start` and `stop`."""

    def __init__(self, port: int, routes: list[Route]) -> None:
        self._port = port
        application = web.Application(client_max_size=8 * 1024 * 1024)
        for method, path, handler in routes:
            application.router.add_route(method, path, handler)
        # Whoever is still connected at the end was told so; nothing is gained by waiting for them.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)

    async def start(self) -> str:
        """Listen, and return the address as `http://127.0.0.1:PORT`. Raises OSError when the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        await self._runner.cleanup()
