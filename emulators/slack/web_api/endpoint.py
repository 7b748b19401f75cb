"""The endpoint /api/METHOD: token, scopes, rate limits, planned faults, and the record of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from emulators.slack.backend import Backend, Method
from emulators.slack.faults.holds import Holds
from emulators.slack.faults.web_api import Fault, Faults
from emulators.slack.rules.arguments import Arguments, read_arguments
from emulators.slack.rules.errors import RateLimitedError, SlackError
from emulators.slack.rules.scopes import APP_METHOD_SCOPES, METHOD_SCOPES, Scopes
from emulators.slack.web_api.methods import (
    agents,
    apps,
    chat,
    chat_streams,
    conversations,
    files,
    reactions,
    search,
    usergroups,
    users,
    views,
)

METHODS: Mapping[str, Method] = {
    **agents.METHODS,
    **apps.METHODS,
    **chat.METHODS,
    **chat_streams.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **search.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
}


@dataclass(frozen=True)
class ApiCall:
    """One call. `outcome` is "ok", Slack's error name, the kind of the fault that it met, or "abandoned".

    `number` counts all calls, from 1; `time` is the clock's when the call ended. `headers` are those that begin with
    `x-`, in lower case.
    """

    method: str
    arguments: dict[str, Any]
    outcome: str
    time: float
    number: int
    headers: Mapping[str, str] = field(default_factory=dict)


Listener = Callable[[ApiCall, Mapping[str, Any] | None], None]


@dataclass(frozen=True)
class _Incoming:
    """A call as it has arrived."""

    request: web.Request
    method: str
    values: dict[str, Any]

    @property
    def token(self) -> str:
        """The token of the Authorization header or, if there is none, of the argument `token`."""
        header = self.request.headers.get("Authorization", "")
        return header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(self.values.get("token", ""))

    @property
    def headers(self) -> dict[str, str]:
        named = {name.lower(): value for name, value in self.request.headers.items()}
        return {name: value for name, value in named.items() if name.startswith("x-")}


class WebApi:
    """Answers calls and records them in `calls`, in the order in which they ended.

    A held call whose caller has hung up is not carried out: its outcome is "abandoned". `listeners` are called with
    each call and the body of its answer, which is None if Slack's reply has none or gets lost.
    """

    def __init__(self, backend: Backend, faults: Faults, holds: Holds) -> None:
        self._backend = backend
        self._faults = faults
        self.holds = holds
        self.calls: list[ApiCall] = []
        self.listeners: list[Listener] = []
        self._numbers = count(1)
        self._app_scopes = Scopes(backend.settings.app_token_scopes)
        self.held_up = 0  # calls that are slow just now

    async def handle(self, request: web.Request) -> web.Response:
        """GET or POST /api/METHOD."""
        method = request.match_info["method"]
        try:
            call = _Incoming(request, method, await read_arguments(request))
        except SlackError as error:
            call = _Incoming(request, method, {})
            self._record(call, error.code, error.body())
            return self._json(error.body(), method, call.token)
        if await self.holds.pause(method, call.values, is_carried_out=False) and _has_hung_up(request):
            self._record(call, "abandoned")
            return web.Response()
        fault = self._faults.take(method, call.values)
        if fault is None:
            answer = self._answer(call)
        else:
            try:
                answer = await self._apply_fault(fault, call)
            except RateLimitedError as error:  # a call beyond the limits is not carried out, whatever else goes wrong
                self._record(call, "ratelimited")
                answer = _rate_limited(error.retry_after)
        await self.holds.pause(method, call.values, is_carried_out=True)
        return answer

    async def _apply_fault(self, fault: Fault, call: _Incoming) -> web.Response:
        body: dict[str, Any] | None = None
        match fault.kind:
            case "slow":
                await self._be_slow(fault.seconds)
                return self._answer(call)
            case "rate_limited":
                answer = _rate_limited(fault.retry_after)
            case "error":
                body = {"ok": False, "error": fault.error}
                answer = self._json(body, call.method, call.token)
            case "internal_error":
                answer = _internal_error()
            case "internal_error_after_commit":
                self._run(call)
                answer = _internal_error()
            case "refused":
                answer = _cut(call.request)
            case "lost_reply":
                self._run(call)
                answer = _cut(call.request)
        self._record(call, fault.kind, body)
        return answer

    async def _be_slow(self, seconds: float) -> None:
        self.held_up += 1
        self._backend.changes.nudge()
        try:
            await self._backend.clock.sleep(seconds)
        finally:
            self.held_up -= 1

    def _answer(self, call: _Incoming) -> web.Response:
        try:
            body = self._run(call)
        except RateLimitedError as error:
            self._record(call, "ratelimited")
            return _rate_limited(error.retry_after)
        self._record(call, str(body.get("error", "ok")), body)
        return self._json(body, call.method, call.token)

    def _run(self, call: _Incoming) -> dict[str, Any]:
        """Carry out the call. Returns the body of the answer, also if Slack says no. Raises RateLimitedError."""
        method, values = call.method, call.values
        try:
            if method not in METHODS:
                raise SlackError("unknown_method", req_method=method)
            self._authenticate(method, call.token)
            self._backend.limits.check(method, str(values.get("channel", "")))
            if method in APP_METHOD_SCOPES:
                self._app_scopes.require(APP_METHOD_SCOPES[method])
            self._backend.scopes.require(*METHOD_SCOPES[method])
            return {"ok": True, **METHODS[method](self._backend, Arguments(values))}
        except SlackError as error:
            return error.body()

    def _authenticate(self, method: str, token: str) -> None:
        own = self._backend.installation
        if not token:
            raise SlackError("not_authed")
        if token not in (own.bot_token, own.app_token):
            raise SlackError("invalid_auth")
        if (token == own.app_token) != (method in APP_METHOD_SCOPES):
            raise SlackError("not_allowed_token_type")

    def _json(self, body: dict[str, Any], method: str, token: str) -> web.Response:
        """The answer. Its headers tell the scopes of the token, if it is one of the app's, and those of the method.

        That Slack tells nothing of a token that it does not know is an assumption: no source shows these headers.
        """
        own = self._backend.installation
        granted = {own.bot_token: self._backend.scopes, own.app_token: self._app_scopes}.get(token)
        headers = {} if granted is None else {"x-oauth-scopes": granted.listed()}
        accepted = ",".join(filter(None, [*METHOD_SCOPES.get(method, ()), APP_METHOD_SCOPES.get(method)]))
        return web.json_response(body, headers={**headers, "x-accepted-oauth-scopes": accepted})

    def _record(self, call: _Incoming, outcome: str, answer: Mapping[str, Any] | None = None) -> None:
        arguments = {name: value for name, value in call.values.items() if name != "token"}
        now, number = self._backend.clock.now(), next(self._numbers)
        recorded = ApiCall(call.method, arguments, outcome, now, number, call.headers)
        self.calls.append(recorded)
        for listener in self.listeners:
            listener(recorded, answer)
        self._backend.changes.nudge()


def _rate_limited(retry_after: int) -> web.Response:
    headers = {"Retry-After": str(retry_after)}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


def _internal_error() -> web.Response:
    return web.json_response({"ok": False, "error": "internal_error"}, status=500)


def _has_hung_up(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _cut(request: web.Request) -> web.Response:
    """Cut the connection without an answer. The response returned here is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
