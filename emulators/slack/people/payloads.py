"""The payloads that the app receives when people press and choose, use modals, shortcuts and commands."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.people.entries import state_values
from emulators.slack.state.messages import Ephemeral, Message

Json = dict[str, Any]
_TOKEN = "verification-token-of-the-playground"
# Nothing answers there: the app answers people with the Web API. Only a message that one person sees has an address of
# its own, because the Web API cannot change it.
_RESPONSE_PATH = "/response"


def acted_in_message(backend: Backend, user: str, message: Message, action: Json) -> Json:
    """`block_actions` of a message, with all that the person has entered in it.

    An ephemeral one is not told itself, only its `ts`.
    """
    shape = backend.shapes.message(message)
    made = backend.entries.of((message.channel, message.ts), user)
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    container["is_ephemeral"] = is_ephemeral = isinstance(message, Ephemeral)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    told = {} if is_ephemeral else {"message": shape}
    path = f"{_RESPONSE_PATH}/{backend.responses.open(message)}" if isinstance(message, Ephemeral) else _RESPONSE_PATH
    return _interaction(backend, "block_actions", user) | {
        "container": container,
        "channel": _channel(backend, message.channel),
        **told,
        "state": {"values": state_values(shape["blocks"], made)},
        "response_url": backend.origin + path,
        "actions": [action | {"action_ts": backend.workspace.next_ts()}],
    }


def acted_in_view(backend: Backend, user: str, view: Json, action: Json) -> Json:
    """`block_actions` of a Home tab or modal."""
    return _interaction(backend, "block_actions", user) | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": with_state(backend, user, view),
        "actions": [action | {"action_ts": backend.workspace.next_ts()}],
    }


def submission(backend: Backend, user: str, view: Json) -> Json:
    """`view_submission`."""
    shown = with_state(backend, user, view)
    return _interaction(backend, "view_submission", user) | {"view": shown, "response_urls": []}


def closed(backend: Backend, user: str, view: Json, *, is_cleared: bool) -> Json:
    """`view_closed`, which brings neither what was entered nor a trigger."""
    payload = _interaction(backend, "view_closed", user)
    del payload["trigger_id"]
    return payload | {"view": view, "is_cleared": is_cleared}


def with_state(backend: Backend, user: str, view: Json) -> Json:
    """The view with what the person has entered in it."""
    made = backend.entries.of(("view", view["id"]), user)
    return view | {"state": {"values": state_values(view["blocks"], made)}}


def shortcut(backend: Backend, user: str, message: Message, callback_id: str) -> Json:
    """`message_action`, which does not name the app."""
    payload = _interaction(backend, "message_action", user) | {
        "action_ts": backend.workspace.next_ts(),
        "callback_id": callback_id,
        "channel": _channel(backend, message.channel),
        "message_ts": message.ts,
        "message": backend.shapes.message(message),
        "response_url": backend.origin + _RESPONSE_PATH,
    }
    del payload["api_app_id"]
    return payload


def command(backend: Backend, user: str, channel: str, name: str, text: str) -> Json:
    """A slash command: the fields of Slack's form."""
    own = backend.installation
    return {
        "token": _TOKEN,
        "team_id": own.team_id,
        "team_domain": own.team_domain,
        "channel_id": channel,
        "channel_name": backend.workspace.channels[channel].name,
        "user_id": user,
        "user_name": backend.workspace.users[user].name,
        "command": name,
        "text": text,
        "api_app_id": own.app_id,
        "is_enterprise_install": "false",
        "response_url": backend.origin + _RESPONSE_PATH,
        "trigger_id": backend.views.new_trigger(user),
    }


def _interaction(backend: Backend, kind: str, user: str) -> Json:
    """What all interactive payloads have, with a trigger for one modal."""
    own = backend.installation
    person = backend.workspace.users[user]
    team_id = person.foreign_team or own.team_id
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": team_id},
        "api_app_id": own.app_id,
        "token": _TOKEN,
        "trigger_id": backend.views.new_trigger(user),
        "team": {"id": own.team_id, "domain": own.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(backend: Backend, channel: str) -> Json:
    place = backend.workspace.channels[channel]
    return {"id": place.id, "name": place.name}
