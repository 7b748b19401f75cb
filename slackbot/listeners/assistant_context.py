"""Which channel each person has open beside the agent, as far as Slack says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cachetools import LRUCache
from slack_bolt.async_app import AsyncApp

from slackbot.events.ids import CHANNEL, PERSON, has_form
from slackbot.events.messages import IncomingMessage
from text.json_shapes import mappings

REMEMBERED = 10_000  # people


class AssistantContext:
    """Remembers the channel that each person opened last, and adds it to the person's direct messages."""

    def __init__(self) -> None:
        self._channels: LRUCache[str, str] = LRUCache(REMEMBERED)  # by person

    def listen(self, app: AsyncApp) -> None:
        app.event("app_context_changed")(self.on_changed)

    async def on_changed(self, event: Mapping[str, Any]) -> None:
        self.note(event)

    def note(self, event: Mapping[str, Any]) -> None:
        """Remembers the channel in an event's `context`, or that it is empty; an event without one changes nothing."""
        user, context = event.get("user"), event.get("context")
        if not has_form(user, PERSON) or not isinstance(context, Mapping):
            return
        self._channels.pop(str(user), None)
        if channel := channel_in(context):
            self._channels[str(user)] = channel

    def add_to(self, incoming: IncomingMessage, event: Mapping[str, Any]) -> IncomingMessage:
        """Adds the open channel to a direct message: the one that its event names, or else the one remembered."""
        message = incoming.message
        if not message.direct:
            return incoming
        context = event.get("app_context")
        channel = channel_in(context) if isinstance(context, Mapping) else self._channels.get(message.user, "")
        return replace(incoming, message=message.model_copy(update={"looking_at": channel})) if channel else incoming


def channel_in(context: Mapping[str, Any]) -> str:
    """The first channel that a context names, or the channel of a message in it; "" if there is none.

    A context is `{entities: [{type, value}]}`. Direct messages with others do not count: the agent cannot read them.
    """
    for entity in mappings(context.get("entities")):
        value = entity.get("value")
        channel = value.get("channel_id") if isinstance(value, Mapping) else value
        if has_form(channel, CHANNEL) and not str(channel).startswith("D"):
            return str(channel)
    return ""
