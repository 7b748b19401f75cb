"""The views.* methods: Home tabs and modals."""

from __future__ import annotations

from typing import Any

from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.view_rules import ViewKind, checked
from emulators.slack.web_api.backend import Backend, Method

Json = dict[str, Any]


def publish(backend: Backend, arguments: Arguments) -> Json:
    user = backend.workspace.users.get(arguments.required("user_id"))
    view = _view(arguments, "home")
    if not backend.profile.home_tab:
        raise SlackError("not_enabled")
    if user is None or user.is_bot:
        raise SlackError("user_not_found")
    current = backend.views.homes.get(user.id)
    _check_hash(arguments, current)
    _check_external_id(backend, view, current)
    return {"view": backend.views.publish(user.id, view)}


def open_view(backend: Backend, arguments: Arguments) -> Json:
    """A trigger is used up only by a call that has nothing else wrong with it."""
    trigger_id = arguments.required("trigger_id")
    view = _view(arguments, "modal")
    _check_external_id(backend, view, None)
    return {"view": backend.views.open(backend.views.exchange(trigger_id), view)}


def update(backend: Backend, arguments: Arguments) -> Json:
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not view_id and not external_id:
        raise invalid("invalid_arguments", ["missing required field: view_id"])
    current = backend.views.find(view_id, external_id)
    view = _view(arguments, "modal" if current is None else current["type"])
    if current is None:
        raise SlackError("not_found")
    _check_hash(arguments, current)
    _check_external_id(backend, view, current)
    return {"view": backend.views.change(current, view)}


def _view(arguments: Arguments, kind: ViewKind) -> Json:
    if not arguments.has("view"):
        raise invalid("invalid_arguments", ["missing required field: view"])
    return checked(arguments.structure("view", error="invalid_arguments"), kind)


def _check_hash(arguments: Arguments, current: Json | None) -> None:
    """With a hash the caller says which version of the view it means to replace."""
    wanted = arguments.text("hash")
    if wanted and (current is None or current["hash"] != wanted):
        raise SlackError("hash_conflict")


def _check_external_id(backend: Backend, view: Json, current: Json | None) -> None:
    external_id = view.get("external_id")
    if external_id and backend.views.find(None, external_id) not in (None, current):
        raise SlackError("duplicate_external_id")


METHODS: dict[str, Method] = {
    "views.open": open_view,
    "views.publish": publish,
    "views.update": update,
}
