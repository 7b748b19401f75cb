"""The events that the app is told about: which it hears, and the payloads in the shapes that Slack sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from random import Random
from typing import Any

from playground.slack.clock import Clock
from playground.slack.deliveries import Deliveries
from playground.slack.messages import Channel, Message
from playground.slack.scopes import MESSAGE_EVENTS, Scopes
from playground.slack.shapes import Shapes

Json = dict[str, Any]


class EventFeed:
    """Turns what happened into deliveries, for events that are subscribed to and covered by a granted scope."""

    def __init__(
        self,
        *,
        shapes: Shapes,
        scopes: Scopes,
        subscriptions: Collection[str],
        deliveries: Deliveries,
        clock: Clock,
        chance: Random,
    ) -> None:
        self._installation = shapes.installation
        self._workspace = shapes.workspace
        self._shapes = shapes
        self._scopes = scopes
        self._subscriptions = frozenset(subscriptions)
        self._deliveries = deliveries
        self._clock = clock
        self._chance = chance

    def subscribed(self, event: str) -> bool:
        return event in self._subscriptions

    def posted(self, message: Message) -> None:
        """A mention reaches the app twice, as `message` and as `app_mention`, in either order."""
        channel = self._workspace.channels[message.channel]
        inner = self._shapes.message(message) | {"channel": channel.id, "event_ts": message.ts}
        events: list[tuple[str, Json]] = [(MESSAGE_EVENTS[channel.kind], inner | {"channel_type": channel.kind})]
        if self._is_mention(message, channel):
            mention = {name: value for name, value in inner.items() if name != "subtype"}
            events.append(("app_mention", mention | {"type": "app_mention"}))
        self._chance.shuffle(events)
        for subscription, event in events:
            self.announce(subscription, event, channel=channel.id, ts=message.ts)

    def changed(self, message: Message, previous: Message) -> None:
        """An edit, an update or an unfurled link: `message_changed` with the message before and after."""
        self._hidden(
            message.channel,
            "message_changed",
            {"message": self._shapes.message(message), "previous_message": self._shapes.message(previous)},
        )

    def deleted(self, message: Message) -> None:
        details = {"deleted_ts": message.ts, "previous_message": self._shapes.message(message)}
        self._hidden(message.channel, "message_deleted", details)

    def announce(self, subscription: str, event: Json, *, channel: str = "", ts: str = "") -> None:
        """Send one event to the app, if it may hear it: subscribed, in scope, and a member of the channel."""
        member = not channel or self._installation.bot_user_id in self._workspace.channels[channel].members
        if member and self.subscribed(subscription) and self._scopes.may_hear(subscription):
            self._deliveries.add_event(self._outer(event, channel), channel=channel, ts=ts)

    def _hidden(self, channel_id: str, subtype: str, details: Json) -> None:
        channel = self._workspace.channels[channel_id]
        ts = self._workspace.next_ts()
        event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel_id, "ts": ts}
        event |= details | {"event_ts": ts, "channel_type": channel.kind}
        self.announce(MESSAGE_EVENTS[channel.kind], event, channel=channel_id, ts=ts)

    def _is_mention(self, message: Message, channel: Channel) -> bool:
        by_app = message.user == self._installation.bot_user_id
        return message.mentions(self._installation.bot_user_id) and channel.kind != "im" and not by_app

    def _outer(self, event: Json, channel: str) -> Json:
        own = self._installation
        payload: Json = {
            "token": "verification-token-of-the-playground",
            "team_id": own.team_id,
            "api_app_id": own.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._workspace.new_id("Ev"),
            "event_time": int(self._clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": own.team_id,
                    "user_id": own.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": self._context(event["type"], channel),
        }
        if event["type"] in ("message", "member_joined_channel"):
            payload |= {"context_team_id": own.team_id, "context_enterprise_id": None}
        return payload

    def _context(self, event_type: str, channel: str) -> str:
        facts = {"et": event_type, "tid": self._installation.team_id, "aid": self._installation.app_id, "cid": channel}
        return "4-" + base64.b64encode(json.dumps(facts).encode()).decode().rstrip("=")
