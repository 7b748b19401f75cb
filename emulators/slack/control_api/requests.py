"""Requests of the control API: who may send them, what they hold, and how errors are told."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from emulators.slack.state.messages import Channel
from emulators.slack.state.workspace import Workspace
from process.door import Handler

Json = dict[str, Any]


class RefusedError(Exception):
    """A request that cannot be served, with the HTTP status and the sentence to answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Requests:
    """Serves requests with the token of this run. Users and channels are named by id or by name."""

    def __init__(self, workspace: Workspace, token: str) -> None:
        self._workspace = workspace
        self._token = token

    def handler(self, serve: Callable[[Json], Awaitable[Json]]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            try:
                self._check_token(request)
                return web.json_response(await serve(await _fields(request)))
            except RefusedError as refusal:
                return web.json_response({"error": str(refusal)}, status=refusal.status)
            except ValueError as error:
                return web.json_response({"error": str(error)}, status=400)

        return handle

    def _check_token(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise RefusedError(
                401, "the token is not the one of this run: start the chat in the folder where make run was started"
            )

    def user(self, fields: Json) -> str:
        """The id of the user in the field `user`. Raises RefusedError, with their names, if there is none."""
        wanted = text(fields, "user")
        for user in self._workspace.users.values():
            if wanted in (user.id, user.name):
                return user.id
        names = ", ".join(user.name for user in self._workspace.users.values() if not user.is_bot)
        raise RefusedError(404, f"there is no user {wanted}; there are: {names}")

    def channel(self, fields: Json) -> Channel:
        """The channel in the field `channel`. Raises RefusedError, with their names, if there is none."""
        wanted = text(fields, "channel").removeprefix("#")
        for channel in self._workspace.channels.values():
            if wanted in (channel.id, channel.name):
                return channel
        names = ", ".join(channel.name for channel in self._workspace.channels.values())
        raise RefusedError(404, f"there is no channel {wanted}; there are: {names}")


def text(fields: Json, name: str) -> str:
    """A text that must be there and not empty. Raises RefusedError if it is not."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(400, f"{name} is missing")
    return value


def optional(fields: Json, name: str) -> str:
    """A text; "" if it is missing. Raises RefusedError for anything else."""
    value = fields.get(name) or ""
    if not isinstance(value, str):
        raise RefusedError(400, f"{name} must be a text")
    return value


async def _fields(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    body = await request.text()
    fields = json.loads(body) if body else {}
    if not isinstance(fields, dict):
        raise RefusedError(400, "the body must be a JSON object")
    return fields
