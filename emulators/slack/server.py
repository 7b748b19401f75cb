"""One HTTP server on 127.0.0.1 for all that the emulator serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]  # HTTP method ("*" for any), path, handler


class Server:
    """Serves the routes between `start` and `stop`."""

    def __init__(self, port: int, routes: list[Route]) -> None:
        self._port = port
        self._application = application = web.Application(client_max_size=8 * 1024 * 1024)
        self.add(routes)
        # Whoever is still connected at the end was told so; nothing is gained by waiting for them.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)

    def add(self, routes: Iterable[Route]) -> None:
        """Serve these as well; only before `start`."""
        for method, path, handler in routes:
            self._application.router.add_route(method, path, handler)

    async def start(self) -> str:
        """Listen, and return the address as `http://127.0.0.1:PORT`. Raises OSError when the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        await self._runner.cleanup()


def is_from_itself(request: web.Request, origin: str) -> bool:
    """Whether it comes neither from another site's page nor by a name that somebody made point to this machine.

    A link on another site may lead here: a browser then says that it navigates.
    """
    port = origin.rpartition(":")[2]
    hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
    if request.host not in hosts or request.headers.get("Origin", f"http://{hosts[0]}") not in _origins(hosts):
        return False
    is_link = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_link or request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def _origins(hosts: Iterable[str]) -> list[str]:
    return [f"http://{host}" for host in hosts]
