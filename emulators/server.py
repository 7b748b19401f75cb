"""The HTTP server on 127.0.0.1 that each stand-in runs. No web page of somebody else can use it."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from process.door import Handler, door

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
        self._application.middlewares.insert(0, door)
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
