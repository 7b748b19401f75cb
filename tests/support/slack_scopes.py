"""Compares what the code uses of Slack with what the manifest asks for.

The tables are Slack's: docs.slack.dev, the pages of each method and each event.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

METHOD_SCOPES: Mapping[str, frozenset[str]] = {
    "agents.sessions.rename": frozenset({"chat:write"}),
    "agents.sessions.setStatus": frozenset({"chat:write"}),
    "assistant.threads.setStatus": frozenset({"chat:write"}),  # assistant:write before March 2026
    "assistant.threads.setSuggestedPrompts": frozenset({"assistant:write"}),
    "assistant.threads.setTitle": frozenset({"assistant:write"}),
    "auth.test": frozenset(),
    "bots.info": frozenset({"users:read"}),
    "chat.appendStream": frozenset({"chat:write"}),
    "chat.delete": frozenset({"chat:write"}),
    "chat.getPermalink": frozenset(),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.startStream": frozenset({"chat:write"}),
    "chat.stopStream": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.join": frozenset({"channels:join"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "files.info": frozenset({"files:read"}),
    "reactions.add": frozenset({"reactions:write"}),
    "users.info": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.update": frozenset(),
}
# These need a scope for each kind of conversation in which messages are listened to, as in `channels:history`.
CONVERSATION_METHODS: Mapping[str, str] = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.replies": "history",
    "users.conversations": "read",
}
APP_TOKEN_METHODS = frozenset({"apps.connections.open"})  # their scope belongs to the app-level token
ARGUMENT_SCOPES: Mapping[str, str] = {"include_all_metadata": "metadata.message:read"}
EVENT_SCOPES: Mapping[str, frozenset[str]] = {
    "agent_session_stopped": frozenset({"chat:write"}),
    "agent_session_title_changed": frozenset({"chat:write"}),
    "app_context_changed": frozenset({"assistant:write"}),
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": frozenset(),
    "file_shared": frozenset({"files:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "reaction_added": frozenset({"reactions:read"}),
    "tokens_revoked": frozenset(),
}
# One type of event in a payload, several names of it in a subscription.
SUBSCRIPTIONS: Mapping[str, frozenset[str]] = {
    "message": frozenset({"message.channels", "message.groups", "message.im", "message.mpim"}),
}
FEATURE_SCOPES: Mapping[str, str] = {"agent_view": "assistant:write"}

LISTENER_SCOPES: Mapping[str, str] = {"command": "commands", "shortcut": "commands"}
# What a file is fetched from takes the scope too, and no method.
KEY_SCOPES: Mapping[str, str] = {"url_private": "files:read", "url_private_download": "files:read"}

_INTERACTIVE_LISTENERS = frozenset({"action", "options", "shortcut", "view"})
_CLIENT_METHODS = frozenset(name for name in dir(AsyncWebClient) if "_" in name[1:] and not name.startswith("_"))


@dataclass
class Uses:
    """What sources use of Slack, each with the first place where they do."""

    methods: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    interactive: dict[str, str] = field(default_factory=dict)
    listeners: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def uses(sources: Mapping[str, str]) -> Uses:
    """What Python `sources` (by file name) use: methods of Slack's client, listeners of a Bolt app called `app`."""
    found = Uses()
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            _add_method(node, name, found)
            _add_key(node, name, found)
            if isinstance(node, ast.Call):
                _add_call(node, f"{name}:{node.lineno}", found)
    return found


def differences(found: Uses, manifest: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that the code needs and the manifest lacks, or the other way round."""
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    needed_events = {event: place for name, place in found.events.items() for event in SUBSCRIPTIONS.get(name, {name})}
    needed_scopes = _needed_scopes(found, events | needed_events.keys(), manifest["features"])
    interactivity = manifest["settings"].get("interactivity", {}).get("is_enabled", False)
    return [
        *found.unreadable,
        *_unknown(found, events),
        *(
            f"event {event} is missing: {needed_events[event]} listens to it"
            for event in sorted(needed_events.keys() - events)
        ),
        *(
            f"event {event} is subscribed to, but nothing listens to it"
            for event in sorted(events - needed_events.keys())
        ),
        *(
            f"scope {scope} is missing: needed by {needed_scopes[scope]}"
            for scope in sorted(needed_scopes.keys() - scopes)
        ),
        *(f"scope {scope} is asked for, but nothing needs it" for scope in sorted(scopes - needed_scopes.keys())),
        *(f"interactivity is off: {place} needs it" for place in found.interactive.values() if not interactivity),
        *(["interactivity is on, but nothing needs it"] if interactivity and not found.interactive else []),
    ]


def _needed_scopes(found: Uses, events: Iterable[str], features: Iterable[str]) -> dict[str, str]:
    """Each scope with what needs it."""
    kinds = [event.removeprefix("message.") for event in events if event.startswith("message.")]
    needed = {FEATURE_SCOPES[feature]: feature for feature in features if feature in FEATURE_SCOPES}
    for event in events:
        needed |= dict.fromkeys(EVENT_SCOPES.get(event, ()), f"event {event}")
    for argument, place in found.arguments.items():
        needed[ARGUMENT_SCOPES[argument]] = f"{argument} ({place})"
    for listener, place in found.listeners.items():
        needed[LISTENER_SCOPES[listener]] = f"a {listener} ({place})"
    for key, place in found.keys.items():
        needed[KEY_SCOPES[key]] = f"{key} ({place})"
    for method, place in found.methods.items():
        scopes = METHOD_SCOPES.get(method, frozenset())
        if method in CONVERSATION_METHODS:
            scopes = frozenset(f"{kind}:{CONVERSATION_METHODS[method]}" for kind in kinds)
        needed |= dict.fromkeys(scopes, f"{method} ({place})")
    return needed


def _unknown(found: Uses, events: Iterable[str]) -> list[str]:
    known = METHOD_SCOPES.keys() | CONVERSATION_METHODS.keys() | APP_TOKEN_METHODS
    methods = [f"method {method} ({place})" for method, place in found.methods.items() if method not in known]
    return [
        f"{what} is not in the tables"
        for what in [*methods, *(f"event {event}" for event in events if event not in EVENT_SCOPES)]
    ]


def _add_method(node: ast.AST, name: str, found: Uses) -> None:
    """A method counts wherever it is named: it may be handed to another function that calls it."""
    if isinstance(node, ast.Attribute) and node.attr in _CLIENT_METHODS and node.attr != "api_call":
        found.methods.setdefault(node.attr.replace("_", "."), f"{name}:{node.lineno}")


def _add_key(node: ast.AST, name: str, found: Uses) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in KEY_SCOPES:
        found.keys.setdefault(node.value, f"{name}:{node.lineno}")


def _add_call(call: ast.Call, place: str, found: Uses) -> None:
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg in ARGUMENT_SCOPES:
            found.arguments.setdefault(keyword.arg, place)
    if not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr == "api_call":
        method = _written_out(call)
        if method is None:
            found.unreadable.append(f"{place} calls a method of Slack whose name is not written out")
        else:
            found.methods.setdefault(method, place)
    if _is_app(call.func.value):
        _add_listener(call, call.func.attr, place, found)


def _add_listener(call: ast.Call, listener: str, place: str, found: Uses) -> None:
    if listener == "message":
        found.events.setdefault("message", place)
    if (
        listener == "event" and (event := _written_out(call)) is not None
    ):  # a pattern catches what is subscribed to anyway
        found.events.setdefault(event, place)
    if listener in LISTENER_SCOPES:
        found.listeners.setdefault(listener, place)
    if listener in _INTERACTIVE_LISTENERS:
        found.interactive.setdefault(listener, place)


def _is_app(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "app") or (
        isinstance(node, ast.Attribute) and node.attr in {"app", "_app"}
    )


def _written_out(call: ast.Call) -> str | None:
    """The first argument, or the `type` in it, if it is a literal string."""
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Dict):
        entries = zip(first.keys, first.values, strict=True)
        first = next((value for key, value in entries if isinstance(key, ast.Constant) and key.value == "type"), None)
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
