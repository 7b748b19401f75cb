"""views.publish for Home tabs, views.open and views.push for modals, and views.update for both."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError, invalid
from emulators.slack.rules.views import ViewKind, checked

Json = dict[str, Any]


def publish(backend: Backend, arguments: Arguments) -> Json:
    user = backend.workspace.users.get(arguments.required("user_id"))
    view = _view(arguments, "home")
    if not backend.settings.home_tab:
        raise SlackError("not_enabled")
    if user is None or user.is_bot:
        raise SlackError("user_not_found")
    current = backend.views.homes.get(user.id)
    _check_hash(arguments, current)
    _check_external_id(backend, view, current)
    return {"view": backend.views.publish(user.id, view)}


def open_view(backend: Backend, arguments: Arguments) -> Json:
    """A refused view does not use up the trigger."""
    trigger_id = arguments.required("trigger_id")
    view = _view(arguments, "modal")
    _check_external_id(backend, view, None)
    return {"view": backend.views.open(backend.views.use_trigger(trigger_id), view)}


def push(backend: Backend, arguments: Arguments) -> Json:
    """The trigger comes from the modal on which the view is laid."""
    trigger_id = arguments.required("trigger_id")
    view = _view(arguments, "modal")
    _check_external_id(backend, view, None)
    return {"view": backend.views.push(backend.views.use_trigger(trigger_id), view)}


def update(backend: Backend, arguments: Arguments) -> Json:
    """The view is named by `view_id` or `external_id`. What people have entered stays where the ids stay."""
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not view_id and not external_id:
        raise invalid("invalid_arguments", ["missing required field: view_id"])
    views = backend.views
    current = views.with_id(view_id) if view_id else views.with_external_id(str(external_id))
    if current is None:
        raise SlackError("not_found")
    view = _view(arguments, current["type"])
    _check_hash(arguments, current)
    _check_external_id(backend, view, current)
    return {"view": views.update(current["id"], view)}


def _view(arguments: Arguments, kind: ViewKind) -> Json:
    if not arguments.has("view"):
        raise invalid("invalid_arguments", ["missing required field: view"])
    return checked(arguments.structure("view", error="invalid_arguments"), kind)


def _check_hash(arguments: Arguments, current: Json | None) -> None:
    """With a hash the caller says which version of the view is to be replaced."""
    wanted = arguments.text("hash")
    if wanted and (current is None or current["hash"] != wanted):
        raise SlackError("hash_conflict")


def _check_external_id(backend: Backend, view: Json, current: Json | None) -> None:
    external_id = view.get("external_id")
    if external_id and backend.views.with_external_id(external_id) not in (None, current):
        raise SlackError("duplicate_external_id")


METHODS: dict[str, Method] = {
    "views.open": open_view,
    "views.publish": publish,
    "views.push": push,
    "views.update": update,
}
