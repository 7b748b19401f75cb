"""auth.test and apps.connections.open: what the app asks about itself and its connection."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments

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


def open_connection(backend: Backend, _: Arguments) -> Json:
    """The address for one WebSocket connection, with its ticket."""
    address = backend.origin.replace("http://", "ws://")
    ticket = backend.sockets.new_ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={backend.installation.app_id}"}


METHODS: dict[str, Method] = {
    "apps.connections.open": open_connection,
    "auth.test": auth_test,
}
