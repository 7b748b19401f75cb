"""The routes of the control API, with JSON over HTTP.

    GET  /playground/state                              {bot, users, channels}: their ids and names
    POST /playground/say     {user, channel, text, thread_ts?, files?}   {ts, channel}; `text` is Slack's escaped text
    POST /playground/edit    {user, channel, ts, text}           only one's own messages
    POST /playground/delete  {user, channel, ts}                 the same
    POST /playground/dm      {user}                              {channel}: the direct messages with the app
    GET  /playground/status?channel=&thread_ts=         {status}: the status line, "" if there is none
    GET  /playground/changes?after=N&seconds=25&user=&form=
                                        {changes: [...], form}: waits until there are some, or until the version of the
                                        form that this user has open is not `form`

Files are {name, base64}. What people do with buttons, menus and forms is in `uses.py`.

Users and channels are named by id or by name. Each request needs `Authorization: Bearer TOKEN` with the token of this
run. Errors are `{"error": sentence}` with status 400, 401 or 404.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import asdict
from typing import Any

from emulators.server import Route
from emulators.slack.backend import Backend
from emulators.slack.control_api.requests import Json, RefusedError, Requests, optional, text
from emulators.slack.control_api.uses import People, UsesApi, form_version
from emulators.slack.people.channels import PeopleInChannels

MAX_WAIT_SECONDS = 60.0


class Everybody(PeopleInChannels, People):
    """Whoever does something: the emulator."""


class ControlApi:
    """The handlers of the routes."""

    def __init__(self, backend: Backend, people: Any, token: str) -> None:
        self._backend = backend
        self._people: Everybody = people
        self._requests = Requests(backend.workspace, token)

    def routes(self) -> list[Route]:
        handler = self._requests.handler
        return [
            ("GET", "/playground/state", handler(self._state)),
            ("POST", "/playground/say", handler(self._say)),
            ("POST", "/playground/edit", handler(self._edit)),
            ("POST", "/playground/delete", handler(self._delete)),
            ("POST", "/playground/dm", handler(self._open_dm)),
            ("GET", "/playground/status", handler(self._status)),
            ("GET", "/playground/changes", handler(self._changes)),
            *UsesApi(self._backend, self._people, self._requests).routes(),
        ]

    async def _state(self, _: Json) -> Json:
        own, workspace = self._backend.installation, self._backend.workspace
        return {
            "bot": {"user_id": own.bot_user_id, "name": own.bot_name},
            "users": [{"id": user.id, "name": user.name, "is_bot": user.is_bot} for user in workspace.users.values()],
            "channels": [{"id": channel.id, "name": channel.name} for channel in workspace.channels.values()],
        }

    async def _say(self, fields: Json) -> Json:
        user, channel, files = self._requests.user(fields), self._requests.channel(fields), _files(fields)
        said = optional(fields, "text") if files else text(fields, "text")
        ts = self._people.say(user, channel.id, said, fields.get("thread_ts"), files or None)
        return {"ts": ts, "channel": channel.id}

    async def _edit(self, fields: Json) -> Json:
        self._people.edit(*self._own_message(fields), text(fields, "text"))
        return {}

    async def _delete(self, fields: Json) -> Json:
        self._people.delete(*self._own_message(fields))
        return {}

    def _own_message(self, fields: Json) -> tuple[str, str]:
        """Channel and ts of a message that this person has written. Raises RefusedError for any other."""
        channel, ts = self._requests.channel(fields).id, text(fields, "ts")
        message = self._backend.workspace.message(channel, ts)
        if message is None or message.user != self._requests.user(fields):
            raise RefusedError(400, "people change and delete their own messages only")
        return channel, ts

    async def _open_dm(self, fields: Json) -> Json:
        members = [self._backend.bot_user, self._requests.user(fields)]
        return {"channel": self._backend.workspace.direct_channel(members).id}

    async def _status(self, fields: Json) -> Json:
        return {"status": self._backend.statuses.text(self._requests.channel(fields).id, text(fields, "thread_ts"))}

    async def _changes(self, fields: Json) -> Json:
        after, seconds = int(fields.get("after", 0)), float(fields.get("seconds", 25))
        user, form = optional(fields, "user"), optional(fields, "form")
        log = self._backend.changes
        now = asyncio.get_running_loop().time
        deadline = now() + min(seconds, MAX_WAIT_SECONDS)
        while (
            not log.after(after) and form_version(self._backend, user) == form and not log.closed and now() < deadline
        ):
            await log.wait(deadline - now())
        changes = [asdict(change) for change in log.after(after)]
        return {"changes": changes, "form": form_version(self._backend, user)}


def _files(fields: Json) -> list[Json]:
    """The files of a message, in the form that the emulator takes. Raises RefusedError if one is incomplete."""
    files = fields.get("files") or []
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise RefusedError(400, "files must be a list of objects")
    try:
        return [
            {"name": text(one, "name"), "content": base64.b64decode(str(one.get("base64", "")), validate=True)}
            for one in files
        ]
    except binascii.Error as error:
        raise RefusedError(400, "a file is not written in base64") from error
