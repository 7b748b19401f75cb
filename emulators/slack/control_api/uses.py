"""The routes of the control API for what people do with the app's buttons, menus, forms and command.

    GET  /playground/controls?user=&channel=&thread_ts=   {controls, form}: what this person can use there
    POST /playground/press     {user, channel, ts, block_id, action_id, value?}
    POST /playground/choose    {user, channel, ts, block_id, action_id, values}
    POST /playground/fill_in   {user, channel, ts, block_id, action_id, text}
    POST /playground/submit    {user}                     the form that is open
    POST /playground/close     {user}
    POST /playground/command   {user, channel, command, text}

A control is as in `Control`; in the form that is open, its `ts` is "". `form` is {version, title, controls, errors}, or
null if none is open; its version changes with each change of the form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from emulators.server import Route
from emulators.slack.backend import Backend
from emulators.slack.control_api.requests import Json, RefusedError, Requests, optional, text
from emulators.slack.people.controls import Control, Controls
from emulators.slack.people.interactions import Interactions
from emulators.slack.people.views import PeopleInViews
from emulators.slack.state.messages import Message, with_block_ids

BEGINNING = 60  # characters of a message that tell which one it is
SHOWN = 20  # messages of a thread, the newest, whose controls are listed


class People(Interactions, PeopleInViews):
    """Who uses all this: the emulator."""


class UsesApi:
    """The handlers of the routes."""

    def __init__(self, backend: Backend, people: Any, requests: Requests) -> None:
        self._backend = backend
        self._people: People = people
        self._requests = requests

    def routes(self) -> list[Route]:
        handler = self._requests.handler
        return [
            ("GET", "/playground/controls", handler(self._controls)),
            ("POST", "/playground/press", handler(self._press)),
            ("POST", "/playground/choose", handler(self._choose)),
            ("POST", "/playground/fill_in", handler(self._fill_in)),
            ("POST", "/playground/submit", handler(self._submit)),
            ("POST", "/playground/close", handler(self._close)),
            ("POST", "/playground/command", handler(self._command)),
        ]

    async def _controls(self, fields: Json) -> Json:
        user, channel = self._requests.user(fields), self._requests.channel(fields)
        finder = Controls(self._backend.workspace, self._backend.reader, user)
        found: list[Control] = []
        for message in self._messages(user, channel.id, optional(fields, "thread_ts")):
            made = self._backend.entries.of((channel.id, message.ts), user)
            about = self._backend.reader.message(message).partition("\n")[0][:BEGINNING]
            found += finder.of(with_block_ids(message.blocks, message.ts[-5:]), made, message.ts, about)
        return {"controls": [asdict(one) for one in found], "form": self._form(user, finder)}

    def _messages(self, user: str, channel: str, thread_ts: str) -> Iterable[Message]:
        """The newest messages of a thread (of the channel, without one), and those that only this person sees."""
        place = self._backend.workspace.channels[channel]
        if place.is_private and user not in place.members:
            raise RefusedError(400, f"{user} is not a member of {place.name}")
        there = place.messages.values()
        shown = [one for one in there if (one.root_ts == thread_ts if thread_ts else one.in_channel_view)]
        own = [one for one in self._backend.workspace.ephemerals if (one.channel, one.to) == (channel, user)]
        return sorted([*shown[-SHOWN:], *own], key=lambda one: one.ts)

    def _form(self, user: str, finder: Controls) -> Json | None:
        view = self._backend.views.modals.get(user)
        if view is None:
            return None
        errors = self._backend.views.errors.get(user, {})
        made = self._backend.entries.of(("view", view["id"]), user)
        return {
            "version": form_version(self._backend, user),
            "title": self._backend.reader.line(view["title"]["text"]),
            "text": self._backend.reader.blocks(one for one in view["blocks"] if one["type"] != "input"),
            "controls": [asdict(one) for one in finder.of(view["blocks"], made)],
            "errors": [str(error) for error in errors.values()],
        }

    async def _press(self, fields: Json) -> Json:
        user, ts, action, block = self._named(fields)
        value = fields.get("value")
        if ts:
            channel = self._requests.channel(fields).id
            self._people.press_button(user, channel, ts, action, value, block_id=block)
        else:
            self._people.press_modal_button(user, action, value, block_id=block)
        return {}

    async def _choose(self, fields: Json) -> Json:
        user, ts, action, block = self._named(fields)
        values = fields.get("values")
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise RefusedError(400, "values must be a list of texts")
        if ts:
            self._people.choose(user, self._requests.channel(fields).id, ts, action, *values, block_id=block)
        else:
            self._people.choose_in_modal(user, action, *values, block_id=block)
        return {}

    async def _fill_in(self, fields: Json) -> Json:
        user, ts, action, block = self._named(fields)
        words = optional(fields, "text")
        if ts:
            self._people.fill_in(user, self._requests.channel(fields).id, ts, action, words, block_id=block)
        else:
            self._people.fill_in_modal(user, action, words, block_id=block)
        return {}

    async def _submit(self, fields: Json) -> Json:
        self._people.submit_modal(self._requests.user(fields), {})
        return {}

    async def _close(self, fields: Json) -> Json:
        self._people.close_modal(self._requests.user(fields))
        return {}

    async def _command(self, fields: Json) -> Json:
        user, channel = self._requests.user(fields), self._requests.channel(fields).id
        self._people.run_command(user, channel, text(fields, "command"), optional(fields, "text"))
        return {}

    def _named(self, fields: Json) -> tuple[str, str, str, str]:
        """Person, ts ("" in the open form), action_id and block_id."""
        return self._requests.user(fields), optional(fields, "ts"), text(fields, "action_id"), text(fields, "block_id")


def form_version(backend: Backend, user: str) -> str:
    """Changes whenever the form that this person has open changes; "" while none is open."""
    view, errors = backend.views.modals.get(user), backend.views.errors.get(user)
    return f"{view['id']}:{view['hash']}:{sorted((errors or {}).items())}" if view else ""
