"""The weather service, the IP services and the helpdesk on 127.0.0.1, refusing what the real ones refuse."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from aiohttp import web

from emulators.held_request import HeldRequest
from emulators.server import Server
from emulators.world.addresses import NEW_YORK, SITES, Site, ip_api_answer, ipwho_answer
from emulators.world.faults import Fault, FaultKind, FaultPlan, Service
from emulators.world.helpdesk import Helpdesk, Ticket
from emulators.world.weather import Alerts, collection, sample_alerts
from process.door import Handler

_PREFIXES: dict[str, Service] = {
    "/weather": "weather",
    "/ip": "ip_address",
    "/geolocation": "geolocation",
    "/ip-api/json": "ip_api",
    "/helpdesk": "helpdesk",
}
_STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC
 ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"""
_TERRITORIES = "AS FM GU MH MP PR PW VI"
_MARINE = "AM AN GM LC LE LH LM LO LS PH PK PM PS PZ SL"
_AREAS = frozenset(f"{_STATES} {_TERRITORIES} {_MARINE}".split())


@dataclass(frozen=True)
class Call:
    """One request that arrived. `path` is as the service sees it, `time` the event loop's, in seconds."""

    service: Service
    path: str
    user_agent: str
    time: float


class WorldEmulator:
    """`async with WorldEmulator() as world:` runs the services.

    `sites`, `alerts` and `public_ip` may be changed while it runs. `calls` records every request, and `tickets` are
    those that were filed.
    """

    def __init__(self, *, port: int = 0, public_ip: str = NEW_YORK, now: datetime | None = None) -> None:
        self.public_ip = public_ip
        self.sites: dict[str, Site] = dict(SITES)
        self.now = now or datetime.now(UTC)
        self.alerts: Alerts = sample_alerts(self.now)
        self.calls: list[Call] = []
        self._helpdesk = Helpdesk()
        self._another_call = asyncio.Event()
        self._plan = FaultPlan()
        self._server = Server(port, application=self._application(), cancels_handlers=True, shutdown_seconds=1.0)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plan.close()
        await self._server.stop()

    @property
    def weather_api_url(self) -> str:
        return f"{self._server.address}/weather"

    @property
    def ip_address_url(self) -> str:
        return f"{self._server.address}/ip"

    @property
    def geolocation_url(self) -> str:
        """The service that answers as ipwho.is does."""
        return f"{self._server.address}/geolocation"

    @property
    def ip_api_url(self) -> str:
        """The service that answers as http://ip-api.com/json does."""
        return f"{self._server.address}/ip-api/json"

    @property
    def helpdesk_api_url(self) -> str:
        return f"{self._server.address}/helpdesk"

    @property
    def tickets(self) -> list[Ticket]:
        """What the helpdesk was asked to do, in order; a request that comes again files no second ticket."""
        return self._helpdesk.tickets

    def calls_to(self, service: Service) -> list[Call]:
        """The requests that have arrived at one service, in order."""
        return [call for call in self.calls if call.service == service]

    async def called(self, service: Service, *, times: int = 1) -> None:
        """Return once `times` requests have arrived at a service, answered or not."""
        while len(self.calls_to(service)) < times:
            await self._another_call.wait()

    def fail(self, service: Service, kind: FaultKind, *, times: int = 1, seconds: float = 0.0, path: str = "") -> None:
        """Let the next `times` requests of a service go wrong, counting only those whose path ends with `path`.

        A slow request gets its ordinary answer after `seconds`.
        """
        self._plan.add(service, Fault(kind, seconds), times, path)

    def hold(self, service: Service, path: str = "", said: str = "") -> HeldRequest:
        """Hold the next request of a service until it is released.

        Only one whose path ends with `path`, and whose body contains `said`.
        """
        return self._plan.hold(service, path, said)

    @property
    def faults_to_come(self) -> list[FaultKind]:
        """The kinds of the planned faults that no request has met yet."""
        return self._plan.to_come

    def repair(self) -> None:
        """Forget all planned faults."""
        self._plan.clear()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._observed])
        application.router.add_get("/weather{path:/.*}", self._weather)
        application.router.add_get("/ip", self._ip_address)
        application.router.add_get("/geolocation/{address}", self._geolocation)
        application.router.add_get("/ip-api/json/{address}", self._ip_api)
        application.router.add_post("/helpdesk/tickets", self._file_ticket)
        application.router.add_get("/helpdesk/tickets/{number}", self._ticket)
        return application

    @web.middleware
    async def _observed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        for prefix, service in _PREFIXES.items():
            if request.path == prefix or request.path.startswith(f"{prefix}/"):
                self._record(service, request, prefix)
                return await self._plan.answer(service, request, handler)
        return await handler(request)

    def _record(self, service: Service, request: web.Request, prefix: str) -> None:
        path = request.path_qs.removeprefix(prefix) or "/"
        agent = request.headers.get("User-Agent", "")
        self.calls.append(Call(service, path, agent, asyncio.get_running_loop().time()))
        self._another_call.set()  # wakes those who wait now; those who come later wait for the next call
        self._another_call = asyncio.Event()

    async def _weather(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if not request.headers.get("User-Agent"):
            return _problem(403, "Forbidden", "A User-Agent is required.")
        if path.endswith("/"):
            raise web.HTTPMovedPermanently(request.path.rstrip("/"))
        area = re.fullmatch(r"/alerts/active/area/([^/]+)", path)
        if area is None:
            return _problem(404, "Not Found", f"{path!r} is not a valid resource path")
        unknown = [f"query.{name}" for name in request.query]
        if unknown or area[1] not in _AREAS:
            return _problem(400, "Bad Request", "Bad Request", bad_parameters=unknown or ["path.area"])
        answer = collection(area[1], self.alerts.get(area[1], []), self.now)
        return web.json_response(answer, content_type="application/geo+json")

    async def _ip_address(self, _request: web.Request) -> web.Response:
        return web.Response(text=f"{self.public_ip}\n")

    async def _geolocation(self, request: web.Request) -> web.Response:
        return web.json_response(ipwho_answer(request.match_info["address"], self.sites))

    async def _ip_api(self, request: web.Request) -> web.Response:
        return web.json_response(ip_api_answer(request.match_info["address"], self.sites))

    async def _file_ticket(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.json_response({"error": {"code": "not_json", "message": "send application/json"}}, status=415)
        try:
            body = await request.json()
        except ValueError:
            body = None
        key = request.headers.get("Idempotency-Key", "")
        status, answer = self._helpdesk.file(key, body, self._tickets_address)
        return web.json_response(answer, status=status)

    async def _ticket(self, request: web.Request) -> web.Response:
        status, answer = self._helpdesk.find(request.match_info["number"], self._tickets_address)
        return web.json_response(answer, status=status)

    @property
    def _tickets_address(self) -> str:
        return f"{self.helpdesk_api_url}/tickets"


def _problem(status: int, title: str, detail: str, *, bad_parameters: list[str] | None = None) -> web.Response:
    """A refusal of the weather service, as `application/problem+json`."""
    correlation = uuid4().hex[:8]
    problem: dict[str, Any] = {
        "correlationId": correlation,
        "title": title,
        "type": f"https://api.weather.gov/problems/{title.title().replace(' ', '')}",
        "status": status,
        "detail": detail,
        "instance": f"https://api.weather.gov/requests/{correlation}",
    }
    if bad_parameters:
        problem["parameterErrors"] = [
            {"parameter": name, "message": "Does not have a valid value"} for name in bad_parameters
        ]
    return web.json_response(problem, status=status, content_type="application/problem+json")
