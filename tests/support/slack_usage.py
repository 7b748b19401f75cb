"""What the code uses of Slack (methods, events, scopes), compared with what the manifest asks for.

Which scopes a method or an event needs stands in the tables of the local Slack, `emulators.slack.rules.scopes`. What
the local Slack does not check is added here, from the pages of docs.slack.dev.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.rules.scopes import BOT_EVENTS, EVENT_SCOPES, MESSAGE_EVENTS, METHOD_SCOPES

ARGUMENT_SCOPES: Mapping[str, str] = {"include_all_metadata": "metadata.message:read"}
# An event is subscribed to by its name in a payload, but a message by the kind of its channel.
SUBSCRIPTIONS: Mapping[str, frozenset[str]] = {"message": frozenset(MESSAGE_EVENTS.values())}
FEATURE_SCOPES: Mapping[str, str] = {"agent_view": "assistant:write"}
LISTENER_SCOPES: Mapping[str, str] = {"command": "commands", "shortcut": "commands"}
# Downloading a file needs the scope too, and is not a method.
KEY_SCOPES: Mapping[str, str] = {"url_private": "files:read", "url_private_download": "files:read"}

_INTERACTIVE_LISTENERS = frozenset({"action", "options", "shortcut", "view"})
_CLIENT_METHODS = frozenset(name for name in dir(AsyncWebClient) if "_" in name[1:] and not name.startswith("_"))


@dataclass
class Uses:
    """What the sources use of Slack, each with the first place where it is used, such as `a.py:3`."""

    methods: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    interactive: dict[str, str] = field(default_factory=dict)
    listeners: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def uses(sources: Mapping[str, str]) -> Uses:
    """What Python `sources` (by file name) use: methods of Slack's client, and listeners of a Bolt app named `app`."""
    found = Uses()
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            _add_method(node, name, found)
            _add_key(node, name, found)
            if isinstance(node, ast.Call):
                _add_call(node, f"{name}:{node.lineno}", found)
    return found


def differences(found: Uses, manifest: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that the code needs and the manifest lacks, or the other way round."""
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    asked = manifest["oauth_config"]["scopes"]
    scopes, optional = set(asked["bot"]), set(asked.get("bot_optional", ()))
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
            for scope in sorted(needed_scopes.keys() - scopes - optional)
        ),
        *(
            f"scope {scope} is asked for, but nothing needs it"
            for scope in sorted((scopes | optional) - needed_scopes.keys())
        ),
        *(f"interactivity is off: {place} needs it" for place in found.interactive.values() if not interactivity),
        *(["interactivity is on, but nothing needs it"] if interactivity and not found.interactive else []),
    ]


def _needed_scopes(found: Uses, events: Iterable[str], features: Iterable[str]) -> dict[str, str]:
    """Each scope that is needed, with what needs it."""
    kinds = {event.removeprefix("message.") for event in events if event.startswith("message.")}
    needed = {FEATURE_SCOPES[feature]: feature for feature in features if feature in FEATURE_SCOPES}
    for event in events:
        if event in EVENT_SCOPES:
            needed[EVENT_SCOPES[event]] = f"event {event}"
    for argument, place in found.arguments.items():
        needed[ARGUMENT_SCOPES[argument]] = f"{argument} ({place})"
    for listener, place in found.listeners.items():
        needed[LISTENER_SCOPES[listener]] = f"a {listener} ({place})"
    for key, place in found.keys.items():
        needed[KEY_SCOPES[key]] = f"{key} ({place})"
    for method, place in found.methods.items():
        needed |= dict.fromkeys(_scopes_of(method, kinds), f"{method} ({place})")
    return needed


def _scopes_of(method: str, kinds: Collection[str]) -> list[str]:
    """The scopes that a method needs; of several, those for the kinds of channel in which messages are listened to."""
    scopes = METHOD_SCOPES.get(method, ())
    return [scope for scope in scopes if len(scopes) == 1 or scope.partition(":")[0] in kinds]


def _unknown(found: Uses, events: Iterable[str]) -> list[str]:
    methods = [f"method {method} ({place})" for method, place in found.methods.items() if method not in METHOD_SCOPES]
    unknown_events = [f"event {event}" for event in events if event not in {*EVENT_SCOPES, *BOT_EVENTS}]
    return [f"{what} is not in the tables of the local Slack" for what in [*methods, *unknown_events]]


def _add_method(node: ast.AST, name: str, found: Uses) -> None:
    """A method counts even if it is only named: it may be given to another function that calls it."""
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
