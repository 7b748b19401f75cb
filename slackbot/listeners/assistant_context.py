"""Which channel, and which message of it, each person has open beside the agent, as far as Slack says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cachetools import LRUCache
from slack_bolt.async_app import AsyncApp

from slackbot.events.ids import CHANNEL, PERSON, TS, has_form
from slackbot.events.messages import IncomingMessage
from text.json_shapes import mappings

REMEMBERED = 10_000  # people


@dataclass(frozen=True)
class View:
    """What a person has open: a channel, "" for none, and the `ts` of a message in it, "" if Slack names none."""

    channel: str = ""
    message: str = ""


class AssistantContext:
    """Remembers what each person opened last, and adds it to the person's direct messages."""

    def __init__(self) -> None:
        self._views: LRUCache[str, View] = LRUCache(REMEMBERED)  # by person

    def listen(self, app: AsyncApp) -> None:
        app.event("app_context_changed")(self.on_changed)

    async def on_changed(self, event: Mapping[str, Any]) -> None:
        self.note(event)

    def note(self, event: Mapping[str, Any]) -> None:
        """Remembers what an event's `context` names, or that it is empty; an event without one changes nothing."""
        user, context = event.get("user"), event.get("context")
        if not has_form(user, PERSON) or not isinstance(context, Mapping):
            return
        self._views.pop(str(user), None)
        if (view := view_in(context)).channel:
            self._views[str(user)] = view

    def add_to(self, incoming: IncomingMessage, event: Mapping[str, Any]) -> IncomingMessage:
        """Adds what is open to a direct message: what its event names, or else what is remembered."""
        message = incoming.message
        if not message.direct:
            return incoming
        context = event.get("app_context")
        view = view_in(context) if isinstance(context, Mapping) else self._views.get(message.user, View())
        if not view.channel:
            return incoming
        seen = {"looking_at": view.channel, **({"looking_at_message": view.message} if view.message else {})}
        return replace(incoming, message=message.model_copy(update=seen))


def view_in(context: Mapping[str, Any]) -> View:
    """The first channel that a context names, and the first message in it.

    A context is `{entities: [{type, value}]}`; the value is the id of a channel, or `{channel_id, message_ts}`. Direct
    messages with others do not count: the agent cannot read them.
    """
    named = [view for entity in mappings(context.get("entities")) if (view := _view_of(entity.get("value"))).channel]
    channel = named[0].channel if named else ""
    return View(channel, next((view.message for view in named if view.channel == channel and view.message), ""))


def _view_of(value: object) -> View:
    message = value if isinstance(value, Mapping) else {}
    channel, ts = message.get("channel_id") if message else value, message.get("message_ts")
    if not has_form(channel, CHANNEL) or str(channel).startswith("D"):
        return View()
    return View(str(channel), str(ts) if has_form(ts, TS) else "")
