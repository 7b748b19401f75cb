"""Which channel each person has open beside the agent, as far as Slack tells."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from slackbot.events.messages import Incoming
from slackbot.events.shapes import CHANNEL, PERSON, has_form, items, mapping

REMEMBERED = 10_000  # people


class Attention:
    def __init__(self) -> None:
        self._channels: OrderedDict[str, str] = OrderedDict()  # by person

    def listen(self, app: AsyncApp) -> None:
        app.event("app_context_changed")(self.on_changed)

    async def on_changed(self, event: Mapping[str, Any]) -> None:
        self.note(event)

    def note(self, event: Mapping[str, Any]) -> None:
        """What an event says in its `context`; one without says nothing, an empty one that they look elsewhere."""
        user, context = event.get("user"), event.get("context")
        if not has_form(user, PERSON) or not isinstance(context, Mapping):
            return
        self._channels.pop(str(user), None)
        if channel := channel_in(context):
            self._channels[str(user)] = channel
        while len(self._channels) > REMEMBERED:
            self._channels.popitem(last=False)

    def add_to(self, incoming: Incoming, event: Mapping[str, Any]) -> Incoming:
        """A direct message with what its author looks at: as its event says, or else what was noted last."""
        message = incoming.message
        if not message.direct:
            return incoming
        context = event.get("app_context")
        channel = channel_in(context) if isinstance(context, Mapping) else self._channels.get(message.user, "")
        return replace(incoming, message=message.model_copy(update={"looking_at": channel})) if channel else incoming


def channel_in(context: Mapping[str, Any]) -> str:
    """The first channel, or channel of a message, that a context names: `{entities: [{type, value}]}`.

    Direct messages with others count as nothing: the agent can say nothing about them.
    """
    for entity in map(mapping, items(context.get("entities"))):
        value = entity.get("value")
        channel = value.get("channel_id") if isinstance(value, Mapping) else value
        if has_form(channel, CHANNEL) and not str(channel).startswith("D"):
            return str(channel)
    return ""
