"""What can go wrong with the services: faults planned for the next requests, and requests that are held."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from emulators.held_request import HeldRequest
from process.door import Handler

Service = Literal["weather", "ip_address", "geolocation", "ip_api", "helpdesk"]
FaultKind = Literal[
    "server_error",  # HTTP 500
    "unavailable",  # HTTP 503
    "rate_limited",  # HTTP 429 with Retry-After
    "refused",  # the connection is cut without an answer, and nothing was done
    "lost_answer",  # the request is carried out, and then the connection is cut without an answer
    "garbage",  # HTTP 200 with a page of HTML, as the sign-in page of a network sends it
    "slow",  # the ordinary answer, later
]

_PORTAL = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to use this network</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to one request. `seconds`: how late a slow answer comes."""

    kind: FaultKind
    seconds: float = 0.0


@dataclass(frozen=True)
class _Planned:
    event: Fault | HeldRequest
    path: str  # what the request's path must end with
    said: str = ""  # what its body must contain

    def fits(self, path: str, body: str) -> bool:
        return path.endswith(self.path) and self.said in body


class FaultPlan:
    """What happens to the next requests of each service, in the order planned; requests after those go well."""

    def __init__(self) -> None:
        self._planned: dict[Service, list[_Planned]] = {}
        self._held: list[HeldRequest] = []
        self._closing = asyncio.Event()

    def add(self, service: Service, fault: Fault, times: int, path: str = "") -> None:
        """Plan this fault for the next `times` requests of a service whose path ends with `path`."""
        self._planned.setdefault(service, []).extend([_Planned(fault, path)] * times)

    def hold(self, service: Service, path: str = "", said: str = "") -> HeldRequest:
        """Hold the next request of a service whose path ends with `path` and whose body contains `said`."""
        held = HeldRequest()
        self._held.append(held)
        self._planned.setdefault(service, []).append(_Planned(held, path, said))
        return held

    @property
    def to_come(self) -> list[FaultKind]:
        """The kinds of the faults that no request has met yet."""
        events = [planned.event for several in self._planned.values() for planned in several]
        return [event.kind for event in events if isinstance(event, Fault)]

    def clear(self) -> None:
        """Forget what no request has met yet."""
        self._planned.clear()

    async def answer(self, service: Service, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the request meet what is planned for it. Returns the faulty answer, or the handler's ordinary one."""
        planned = self._planned.get(service, [])
        body = await request.text() if planned else ""
        fitting = next((one for one in planned if one.fits(request.path, body)), None)
        if fitting is None:
            return await handler(request)
        planned.remove(fitting)
        match fitting.event:
            case HeldRequest() as held:
                await held.keep_waiting()
            case Fault(kind="slow", seconds=seconds):
                await self._wait_or_close(seconds)
            case Fault(kind="lost_answer"):
                answer = await handler(request)
                _cut(request)  # the answer is never seen
                return answer
            case Fault(kind=kind):
                return _faulty_answer(kind, request)
        return await handler(request)

    def close(self) -> None:
        """Let every request that still waits go on."""
        self._closing.set()
        for held in self._held:
            held.release()

    async def _wait_or_close(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


def _faulty_answer(kind: FaultKind, request: web.Request) -> web.Response:
    if kind == "refused":
        _cut(request)  # the response below is never seen
    if kind == "unavailable":
        return web.Response(status=503, text="Service Unavailable\n", headers={"Retry-After": "1"})
    if kind == "rate_limited":
        return web.Response(status=429, text="Rate limit exceeded\n", headers={"Retry-After": "5"})
    if kind == "garbage":
        return web.Response(text=_PORTAL, content_type="text/html")
    return web.Response(status=500, text="Internal Server Error\n")


def _cut(request: web.Request) -> None:
    """Let the connection break without an answer."""
    if request.transport is not None:
        request.transport.abort()
