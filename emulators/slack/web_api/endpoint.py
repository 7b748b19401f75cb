"""The endpoint /api/METHOD: token, scopes, rate limits, planned faults, and the record of calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from emulators.slack.backend import Backend, Method
from emulators.slack.faults.holds import Holds
from emulators.slack.faults.web_api import Fault, Faults
from emulators.slack.rules.arguments import Arguments, read_arguments
from emulators.slack.rules.errors import RateLimitedError, SlackError
from emulators.slack.rules.scopes import METHOD_SCOPES
from emulators.slack.web_api.methods import (
    agents,
    apps,
    chat,
    chat_streams,
    conversations,
    files,
    reactions,
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
    **users.METHODS,
    **views.METHODS,
}
APP_LEVEL_METHODS = ("apps.connections.open",)


@dataclass(frozen=True)
class ApiCall:
    """One call. `outcome` is "ok", Slack's error name, the kind of the fault that it met, or "abandoned".

    `number` counts all calls, from 1; `time` is the clock's when the call ended.
    """

    method: str
    arguments: dict[str, Any]
    outcome: str
    time: float
    number: int


class WebApi:
    """Answers calls and records them in `calls`, in the order in which they ended.

    A held call whose caller has hung up is not carried out: its outcome is "abandoned".
    """

    def __init__(self, backend: Backend, faults: Faults, holds: Holds) -> None:
        self._backend = backend
        self._faults = faults
        self.holds = holds
        self.calls: list[ApiCall] = []
        self._numbers = count(1)
        self.held_up = 0  # calls that are slow just now

    async def handle(self, request: web.Request) -> web.Response:
        """GET or POST /api/METHOD."""
        method = request.match_info["method"]
        try:
            values = await read_arguments(request)
        except SlackError as error:
            self._record(method, {}, error.code)
            return self._json(error.body(), method)
        if await self.holds.pause(method, values, is_carried_out=False) and _has_hung_up(request):
            self._record(method, values, "abandoned")
            return web.Response()
        token = _token(request, values)
        fault = self._faults.take(method, values)
        if fault is None:
            answer = self._answer(method, values, token)
        else:
            try:
                answer = await self._apply_fault(fault, request, method, values, token)
            except RateLimitedError as error:  # a call beyond the limits is not carried out, whatever else goes wrong
                self._record(method, values, "ratelimited")
                answer = _rate_limited(error.retry_after)
        await self.holds.pause(method, values, is_carried_out=True)
        return answer

    async def _apply_fault(
        self, fault: Fault, request: web.Request, method: str, values: dict[str, Any], token: str
    ) -> web.Response:
        match fault.kind:
            case "slow":
                await self._be_slow(fault.seconds)
                return self._answer(method, values, token)
            case "rate_limited":
                answer = _rate_limited(fault.retry_after)
            case "error":
                answer = self._json({"ok": False, "error": fault.error}, method)
            case "internal_error":
                answer = _internal_error()
            case "internal_error_after_commit":
                self._run(method, values, token)
                answer = _internal_error()
            case "refused":
                answer = _cut(request)
            case "lost_reply":
                self._run(method, values, token)
                answer = _cut(request)
        self._record(method, values, fault.kind)
        return answer

    async def _be_slow(self, seconds: float) -> None:
        self.held_up += 1
        self._backend.changes.nudge()
        try:
            await self._backend.clock.sleep(seconds)
        finally:
            self.held_up -= 1

    def _answer(self, method: str, values: dict[str, Any], token: str) -> web.Response:
        try:
            body = self._run(method, values, token)
        except RateLimitedError as error:
            self._record(method, values, "ratelimited")
            return _rate_limited(error.retry_after)
        self._record(method, values, str(body.get("error", "ok")))
        return self._json(body, method)

    def _run(self, method: str, values: dict[str, Any], token: str) -> dict[str, Any]:
        """Carry out the call. Returns the body of the answer, also if Slack says no. Raises RateLimitedError."""
        try:
            if method not in METHODS:
                raise SlackError("unknown_method", req_method=method)
            self._authenticate(method, token)
            self._backend.limits.check(method, str(values.get("channel", "")))
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
        if (token == own.app_token) != (method in APP_LEVEL_METHODS):
            raise SlackError("not_allowed_token_type")

    def _json(self, body: dict[str, Any], method: str) -> web.Response:
        accepted = ",".join(METHOD_SCOPES.get(method, ()))
        headers = {"x-oauth-scopes": self._backend.scopes.listed(), "x-accepted-oauth-scopes": accepted}
        return web.json_response(body, headers=headers)

    def _record(self, method: str, values: dict[str, Any], outcome: str) -> None:
        arguments = {name: value for name, value in values.items() if name != "token"}
        self.calls.append(ApiCall(method, arguments, outcome, self._backend.clock.now(), next(self._numbers)))
        self._backend.changes.nudge()


def _token(request: web.Request, values: dict[str, Any]) -> str:
    """The token of the Authorization header or, if there is none, of the argument `token`."""
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(values.get("token", ""))


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
