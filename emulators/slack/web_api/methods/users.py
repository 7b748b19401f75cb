"""The users.* methods: who somebody is, and who there is."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import User
from emulators.slack.web_api.pages import Page, page

Json = dict[str, Any]
LARGEST_PAGE = 1_000  # also the most without a limit: chosen, because Slack says "too large" and gives no number


def info(backend: Backend, arguments: Arguments) -> Json:
    user = backend.workspace.users.get(arguments.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": backend.shapes.user(user)}


def listing(backend: Backend, arguments: Arguments) -> Json:
    """users.list: everybody of the workspace, also apps and those who have left, but nobody of other workspaces."""
    users = [user for user in backend.workspace.users.values() if not user.foreign_team]
    if not arguments.has("limit") and len(users) > LARGEST_PAGE:
        raise SlackError("limit_required")
    part: Page[User] = page(users, arguments, default=LARGEST_PAGE, largest=LARGEST_PAGE)
    members = [backend.shapes.user(user) for user in part.items]
    return {"members": members, "cache_ts": int(backend.clock.now()), **part.metadata()}


METHODS: dict[str, Method] = {"users.info": info, "users.list": listing}
