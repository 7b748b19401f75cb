"""The door of every HTTP server of the project: a web page of somebody else cannot use one through a browser.

A page on the web reaches this machine in two ways. It sends requests to 127.0.0.1, which the browser marks with
`Origin` and `Sec-Fetch-Site`. Or it lets a name of its own point to 127.0.0.1 (DNS rebinding), which `Host` shows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80  # browsers leave it out of an address
REFUSED = {"error": "this server answers requests to its own address, which come from no other web page"}


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers with 403 what comes from another site, or by a host name that is not the server's own."""
    if is_from_elsewhere(request):
        return web.json_response(REFUSED, status=403)
    return await handler(request)


def is_from_elsewhere(request: web.Request) -> bool:
    """Whether the request names another host than this machine, or a browser sends it for another site's page."""
    hosts = _own_hosts(_port(request))
    named = request.headers.getall("Host", [])
    if len(named) != 1 or named[0].lower() not in hosts:
        return True
    if not set(request.headers.getall("Origin", [])) <= {f"http://{host}" for host in hosts}:
        return True
    sites = set(request.headers.getall("Sec-Fetch-Site", []))
    return not sites <= {"none", "same-origin"} and not _is_link(request)


def _is_link(request: web.Request) -> bool:
    """Whether a person follows a link, which opens a page of its own that the linking site cannot read."""
    mode, place = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest", "document")
    return request.method == "GET" and (mode, place) == ("navigate", "document")


def _port(request: web.Request) -> int:
    """The port at which the request has arrived; 0 if its connection is gone."""
    address = request.transport.get_extra_info("sockname") if request.transport else None
    return int(address[1]) if address else 0


def _own_hosts(port: int) -> Iterable[str]:
    return {f"{name}:{port}" for name in OWN_NAMES} | (set(OWN_NAMES) if port == HTTP_PORT else set())
