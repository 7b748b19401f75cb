"""users.info: who somebody is."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError


def info(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = backend.workspace.users.get(arguments.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": backend.shapes.user(user)}


METHODS: dict[str, Method] = {"users.info": info}
