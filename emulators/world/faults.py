"""What can go wrong with one of the world's services, on demand: planned faults and held requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from emulators.held import Held

Service = Literal["weather", "ip_address", "geolocation", "ip_api"]
FaultKind = Literal["server_error", "rate_limited", "refused", "garbage", "slow"]

_PORTAL = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to use this network</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to one request; `seconds` is how late a slow answer comes."""

    kind: FaultKind
    seconds: float = 0.0


@dataclass(frozen=True)
class _Planned:
    meeting: Fault | Held
    path: str  # what the request's path ends with


class FaultPlan:
    """What happens to the next requests of each service, in the order planned; after that, nothing.

    `path` narrows it to requests whose path ends so.
    """

    def __init__(self) -> None:
        self._next: dict[Service, list[_Planned]] = {}
        self._all_held: list[Held] = []
        self._closing = asyncio.Event()

    def add(self, service: Service, fault: Fault, times: int, path: str = "") -> None:
        """Let the next `times` requests of a service meet this fault."""
        self._next.setdefault(service, []).extend([_Planned(fault, path)] * times)

    def hold(self, service: Service, path: str = "") -> Held:
        """Hold the next request of a service."""
        held = Held()
        self._all_held.append(held)
        self._next.setdefault(service, []).append(_Planned(held, path))
        return held

    @property
    def to_come(self) -> list[FaultKind]:
        """The kinds of the faults that no request has met yet."""
        planned = [one.meeting for several in self._next.values() for one in several]
        return [meeting.kind for meeting in planned if isinstance(meeting, Fault)]

    def clear(self) -> None:
        """Forget the faults that no request has met yet."""
        self._next.clear()

    async def meet(self, service: Service, request: web.Request) -> web.Response | None:
        """Let this request meet what is planned for it: the faulty answer, or None for the ordinary one."""
        planned = self._next.get(service, [])
        fitting = next((one for one in planned if request.path.endswith(one.path)), None)
        if fitting is None:
            return None
        planned.remove(fitting)
        meeting = fitting.meeting
        if isinstance(meeting, Held):
            await meeting.keep_waiting()
            return None
        if meeting.kind == "slow":
            await self._wait_or_close(meeting.seconds)
            return None
        return _faulty_answer(meeting.kind, request)

    def close(self) -> None:
        """Let every request that still waits go on."""
        self._closing.set()
        for held in self._all_held:
            held.release()

    async def _wait_or_close(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


def _faulty_answer(kind: FaultKind, request: web.Request) -> web.Response:
    if kind == "refused" and request.transport is not None:
        request.transport.abort()  # the connection breaks without an answer, so the response below is never seen
    if kind == "rate_limited":
        return web.Response(status=429, text="Rate limit exceeded\n", headers={"Retry-After": "5"})
    if kind == "garbage":
        return web.Response(text=_PORTAL, content_type="text/html")
    return web.Response(status=500, text="Internal Server Error\n")
