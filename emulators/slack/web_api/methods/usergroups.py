"""The usergroups.* methods: which groups of people can be mentioned, and who is in them."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.state.messages import UserGroup

Json = dict[str, Any]


def listing(backend: Backend, arguments: Arguments) -> Json:
    """usergroups.list: all groups; disabled ones, people and numbers of people only if the caller asks for them."""
    _check_plan(backend)
    groups = [one for one in backend.workspace.user_groups.values() if _is_asked_for(one, arguments)]
    return {"usergroups": [_listed(backend, group, arguments) for group in groups]}


def users(backend: Backend, arguments: Arguments) -> Json:
    """usergroups.users.list: who is in a group."""
    group_id = arguments.required("usergroup")
    _check_plan(backend)
    group = backend.workspace.user_groups.get(group_id)
    if group is None or not _is_asked_for(group, arguments):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _check_plan(backend: Backend) -> None:
    if not backend.settings.user_groups:
        raise SlackError("plan_upgrade_required")


def _is_asked_for(group: UserGroup, arguments: Arguments) -> bool:
    return not group.disabled or arguments.flag("include_disabled")


def _listed(backend: Backend, group: UserGroup, arguments: Arguments) -> Json:
    shape = backend.shapes.user_group(group)
    if arguments.flag("include_users"):
        shape["users"] = list(group.users)
    if arguments.flag("include_count"):
        shape["user_count"] = str(len(group.users))  # a text, as in Slack's own example
    return shape


METHODS: dict[str, Method] = {"usergroups.list": listing, "usergroups.users.list": users}
