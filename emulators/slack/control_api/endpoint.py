"""The routes of the control API, with JSON over HTTP.

    GET  /playground/state                              {bot, users, channels}: their ids and names
    POST /playground/say     {user, channel, text, thread_ts?}   {ts, channel}; `text` is Slack's escaped text
    POST /playground/dm      {user}                              {channel}: the direct messages with the app
    GET  /playground/status?channel=&thread_ts=         {status}: the status line, "" if there is none
    GET  /playground/changes?after=N&seconds=25         {changes: [...]}: waits until there are some

Users and channels are named by id or by name. Each request needs `Authorization: Bearer TOKEN` with the token of this
run. Errors are `{"error": sentence}` with status 400, 401 or 404.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from emulators.server import Route
from emulators.slack.backend import Backend
from emulators.slack.people.channels import PeopleInChannels
from emulators.slack.state.messages import Channel
from process.door import Handler

Json = dict[str, Any]
MAX_WAIT_SECONDS = 60.0


class _RefusedError(Exception):
    """A request that cannot be served, with the HTTP status and the sentence to answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ControlApi:
    """The handlers of the routes."""

    def __init__(self, backend: Backend, people: PeopleInChannels, token: str) -> None:
        self._backend = backend
        self._token = token
        self._people = people

    def routes(self) -> list[Route]:
        return [
            ("GET", "/playground/state", self._handler(self._state)),
            ("POST", "/playground/say", self._handler(self._say)),
            ("POST", "/playground/dm", self._handler(self._open_dm)),
            ("GET", "/playground/status", self._handler(self._status)),
            ("GET", "/playground/changes", self._handler(self._changes)),
        ]

    def _handler(self, serve: Callable[[Json], Awaitable[Json]]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            try:
                self._check_token(request)
                return web.json_response(await serve(await _fields(request)))
            except _RefusedError as refusal:
                return web.json_response({"error": str(refusal)}, status=refusal.status)
            except ValueError as error:
                return web.json_response({"error": str(error)}, status=400)

        return handle

    def _check_token(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise _RefusedError(401, "the token is not the one of this run")

    async def _state(self, _: Json) -> Json:
        own, workspace = self._backend.installation, self._backend.workspace
        return {
            "bot": {"user_id": own.bot_user_id, "name": own.bot_name},
            "users": [{"id": user.id, "name": user.name, "is_bot": user.is_bot} for user in workspace.users.values()],
            "channels": [{"id": channel.id, "name": channel.name} for channel in workspace.channels.values()],
        }

    async def _say(self, fields: Json) -> Json:
        user, channel = self._user(fields), self._channel(fields)
        ts = self._people.say(user, channel.id, _text(fields, "text"), fields.get("thread_ts"))
        return {"ts": ts, "channel": channel.id}

    async def _open_dm(self, fields: Json) -> Json:
        members = [self._backend.bot_user, self._user(fields)]
        return {"channel": self._backend.workspace.direct_channel(members).id}

    async def _status(self, fields: Json) -> Json:
        return {"status": self._backend.statuses.text(self._channel(fields).id, _text(fields, "thread_ts"))}

    async def _changes(self, fields: Json) -> Json:
        after, seconds = int(fields.get("after", 0)), float(fields.get("seconds", 25))
        log = self._backend.changes
        now = asyncio.get_running_loop().time
        deadline = now() + min(seconds, MAX_WAIT_SECONDS)
        while not log.after(after) and not log.closed and now() < deadline:
            await log.wait(deadline - now())
        return {"changes": [asdict(change) for change in log.after(after)]}

    def _user(self, fields: Json) -> str:
        wanted = _text(fields, "user")
        for user in self._backend.workspace.users.values():
            if wanted in (user.id, user.name):
                return user.id
        names = ", ".join(user.name for user in self._backend.workspace.users.values() if not user.is_bot)
        raise _RefusedError(404, f"there is no user {wanted}; there are: {names}")

    def _channel(self, fields: Json) -> Channel:
        wanted = _text(fields, "channel").removeprefix("#")
        for channel in self._backend.workspace.channels.values():
            if wanted in (channel.id, channel.name):
                return channel
        names = ", ".join(channel.name for channel in self._backend.workspace.channels.values())
        raise _RefusedError(404, f"there is no channel {wanted}; there are: {names}")


async def _fields(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    body = await request.text()
    fields = json.loads(body) if body else {}
    if not isinstance(fields, dict):
        raise _RefusedError(400, "the body must be a JSON object")
    return fields


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise _RefusedError(400, f"{name} is missing")
    return value
