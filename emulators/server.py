"""The HTTP server on 127.0.0.1 that each stand-in runs, and the check that a request comes from its own pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]  # HTTP method ("*" for any), path, handler
LARGEST_REQUEST = 8 * 1024 * 1024  # bytes


class Server:
    """Serves routes between `start` and `stop`; `port` 0 takes any free port.

    `application` is for a server that needs middlewares or another size limit. With `cancels_handlers` a handler is
    cancelled when its caller hangs up. `shutdown_seconds` is how long `stop` waits for open connections.
    """

    def __init__(
        self,
        port: int,
        routes: Iterable[Route] = (),
        *,
        application: web.Application | None = None,
        cancels_handlers: bool = False,
        shutdown_seconds: float = 0.5,
    ) -> None:
        self._port = port
        self._application = application or web.Application(client_max_size=LARGEST_REQUEST)
        self.add(routes)
        self._runner = web.AppRunner(
            self._application,
            access_log=None,
            handler_cancellation=cancels_handlers,
            shutdown_timeout=shutdown_seconds,
        )

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`. Raises RuntimeError before `start`, if the port was left open."""
        if self._port == 0:
            raise RuntimeError("the server has no address before it is started")
        return f"http://127.0.0.1:{self._port}"

    def add(self, routes: Iterable[Route]) -> None:
        """Serve these routes as well; only before `start`."""
        for method, path, handler in routes:
            self._application.router.add_route(method, path, handler)

    async def start(self) -> str:
        """Listen, and return the address. Raises OSError if the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self.address

    async def stop(self) -> None:
        """Close all connections and free the port."""
        await self._runner.cleanup()


def is_from_itself(request: web.Request, origin: str) -> bool:
    """Whether the request comes neither from another site's page nor by a host name that points to this machine.

    A link on another site may lead here: then the browser says that it navigates.
    """
    port = origin.rpartition(":")[2]
    hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
    if request.host not in hosts or request.headers.get("Origin", f"http://{hosts[0]}") not in _origins(hosts):
        return False
    is_link = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_link or request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def _origins(hosts: Iterable[str]) -> list[str]:
    return [f"http://{host}" for host in hosts]
