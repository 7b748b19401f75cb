"""auth.test, bots.info and apps.connections.open: what the app asks about itself and its connection."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError

Json = dict[str, Any]


_ORGANISATION = "E0PLAYGROUND"


def auth_test(backend: Backend, _: Arguments) -> Json:
    own, is_wide = backend.installation, backend.settings.organisation_wide
    return {
        "url": f"https://{own.team_domain}.slack.com/",
        "team": own.team_name,
        "user": own.bot_name,
        "team_id": _ORGANISATION if is_wide else own.team_id,
        "user_id": own.bot_user_id,
        "bot_id": own.bot_id,
        "is_enterprise_install": is_wide,
        **({"enterprise_id": _ORGANISATION} if is_wide else {}),
    }


def bot_info(backend: Backend, arguments: Arguments) -> Json:
    """The app's own bot, the only one there is (https://docs.slack.dev/reference/methods/bots.info).

    A call without `bot` is refused here; what Slack answers to one is not documented.
    """
    own = backend.installation
    if arguments.text("bot") != own.bot_id:
        raise SlackError("bot_not_found")
    ids = {"id": own.bot_id, "app_id": own.app_id, "user_id": own.bot_user_id}
    return {"bot": {**ids, "name": own.bot_name, "deleted": False, "updated": 0, "icons": {}}}


def open_connection(backend: Backend, _: Arguments) -> Json:
    """The address for one WebSocket connection, with its ticket."""
    address = backend.origin.replace("http://", "ws://")
    ticket = backend.sockets.new_ticket()
    app_id = backend.settings.app_token_of or backend.installation.app_id
    return {"url": f"{address}/link/?ticket={ticket}&app_id={app_id}"}


METHODS: dict[str, Method] = {
    "apps.connections.open": open_connection,
    "auth.test": auth_test,
    "bots.info": bot_info,
}
