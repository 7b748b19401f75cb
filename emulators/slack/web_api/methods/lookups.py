"""The methods that say who somebody is and where the app connects to, and the one that adds a reaction."""

from __future__ import annotations

import re
from typing import Any

from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.web_api.backend import Backend, Method

Json = dict[str, Any]
_REACTION = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")


def auth_test(backend: Backend, _: Arguments) -> Json:
    own = backend.installation
    return {
        "url": f"https://{own.team_domain}.slack.com/",
        "team": own.team_name,
        "user": own.bot_name,
        "team_id": own.team_id,
        "user_id": own.bot_user_id,
        "bot_id": own.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(backend: Backend, _: Arguments) -> Json:
    """The address for one WebSocket connection, with its ticket."""
    address = backend.origin.replace("http://", "ws://")
    ticket = backend.sockets.new_ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={backend.installation.app_id}"}


def user_info(backend: Backend, arguments: Arguments) -> Json:
    user = backend.workspace.users.get(arguments.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": backend.shapes.user(user)}


def bot_info(backend: Backend, arguments: Arguments) -> Json:
    wanted = arguments.text("bot") or backend.installation.bot_id
    for user in backend.workspace.users.values():
        if user.is_bot and user.bot_id == wanted:
            bot = {"id": user.bot_id, "deleted": False, "name": user.name, "app_id": user.app_id, "user_id": user.id}
            return {"bot": bot | {"updated": 0, "icons": {}}}
    raise SlackError("bot_not_found")


def add_reaction(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    name = arguments.required("name").strip(":")
    if not _REACTION.fullmatch(name):
        raise SlackError("invalid_name")
    if not arguments.text("timestamp"):
        raise SlackError("no_item_specified")
    message = backend.workspace.message(channel.id, arguments.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if backend.bot_user in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    backend.activity.react(message, backend.bot_user, name)
    return {}


METHODS: dict[str, Method] = {
    "apps.connections.open": open_connection,
    "auth.test": auth_test,
    "bots.info": bot_info,
    "reactions.add": add_reaction,
    "users.info": user_info,
}
