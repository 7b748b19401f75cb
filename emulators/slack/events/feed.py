"""Which events the app is told, and their payloads."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from functools import partial
from random import Random
from typing import Any

from emulators.slack.clock import Clock
from emulators.slack.events.deliveries import Deliveries
from emulators.slack.presentation.json_shapes import Shapes
from emulators.slack.rules.scopes import MESSAGE_EVENTS, Scopes
from emulators.slack.state.action_tokens import ActionTokens
from emulators.slack.state.app_context import AppContext
from emulators.slack.state.messages import Channel, Message

Json = dict[str, Any]
_OF_FILES = ("files", "upload", "display_as_bot")


class EventFeed:
    """Makes a delivery of each event that the app has subscribed to and has the scope for."""

    def __init__(
        self,
        *,
        shapes: Shapes,
        scopes: Scopes,
        subscriptions: Collection[str],
        deliveries: Deliveries,
        app_context: AppContext,
        action_tokens: ActionTokens | None,
        clock: Clock,
        chance: Random,
        mentions_without_files: bool = False,
        mentions_of_edits: str = "new",
        nested_action_tokens: bool = False,
    ) -> None:
        """Without `action_tokens`, events carry none: the app may not search for people."""
        self._installation = shapes.installation
        self._workspace = shapes.workspace
        self._shapes = shapes
        self._scopes = scopes
        self._subscriptions = frozenset(subscriptions)
        self._deliveries = deliveries
        self._app_context = app_context
        self._action_tokens = action_tokens
        self._nested_action_tokens = nested_action_tokens
        self._clock = clock
        self._chance = chance
        self._mentions_of_edits = mentions_of_edits
        self._not_in_mentions = ("subtype", *(_OF_FILES if mentions_without_files else ()))

    def subscribed(self, event: str) -> bool:
        return event in self._subscriptions

    def posted(self, message: Message) -> None:
        """A new message. A mention is told twice, as `message` and as `app_mention`, in either order."""
        channel = self._workspace.channels[message.channel]
        inner = self._shapes.message(message) | {"channel": channel.id, "event_ts": message.ts}
        inner |= self._action_token(message)
        event = inner | {"channel_type": channel.kind} | self._context_of_author(message, channel)
        events: list[tuple[str, Json]] = [(MESSAGE_EVENTS[channel.kind], event)]
        if self._is_mention(message, channel):
            events.append(("app_mention", self._mention(inner)))
        self._chance.shuffle(events)
        for subscription, event in events:
            self.announce(subscription, event, channel=channel.id, ts=message.ts)

    def changed(self, message: Message, previous: Message) -> None:
        """An edit, an update or an unfurled link: `message_changed`, with the message before and after.

        An edit that mentions the app may be told as `app_mention`, too, in either order: no source says when.
        """
        changed = self._shapes.message(message)
        teams = dict.fromkeys(("source_team", "user_team"), changed["team"])  # only here, whoever the author is
        details = {"message": teams | changed, "previous_message": self._shapes.message(previous)}
        steps = [partial(self._hidden, message.channel, "message_changed", details)]
        if self._is_mentioning_edit(message, previous):
            steps.append(partial(self._edited_mention, message))
        self._chance.shuffle(steps)
        for step in steps:
            step()

    def _is_mentioning_edit(self, message: Message, previous: Message) -> bool:
        if message.text == previous.text or not self._is_mention(message, self._workspace.channels[message.channel]):
            return False
        is_new = not previous.mentions(self._installation.bot_user_id)
        return self._mentions_of_edits == "all" or (self._mentions_of_edits == "new" and is_new)

    def _edited_mention(self, message: Message) -> None:
        inner = self._shapes.message(message) | {"channel": message.channel, "event_ts": self._workspace.next_ts()}
        inner |= self._action_token(message)
        self.announce("app_mention", self._mention(inner), channel=message.channel, ts=message.ts)

    def _mention(self, inner: Json) -> Json:
        mention = {name: value for name, value in inner.items() if name not in self._not_in_mentions}
        return mention | {"type": "app_mention"}

    def recounted(self, root: Message) -> None:
        """A thread that has grown: `message_changed` for its root, of which only the counters have changed."""
        message, previous = self._shapes.recounted(root)
        self._hidden(root.channel, "message_changed", {"message": message, "previous_message": previous})

    def deleted(self, message: Message, stone: Message | None) -> None:
        """`message_deleted`, with the message as it was. A root that leaves a tombstone has changed into it."""
        if stone is not None:
            before = self._shapes.message(message)
            self._hidden(
                message.channel,
                "message_changed",
                {"message": self._shapes.message(stone), "previous_message": before},
            )
            return
        details = {"deleted_ts": message.ts, "previous_message": self._shapes.message(message)}
        self._hidden(message.channel, "message_deleted", details)

    def announce(self, subscription: str, event: Json, *, channel: str = "", ts: str = "") -> None:
        """Deliver one event, if the app has subscribed to it, has its scope, and is a member of the channel."""
        member = not channel or self._installation.bot_user_id in self._workspace.channels[channel].members
        if member and self.subscribed(subscription) and self._scopes.may_hear(subscription):
            self._deliveries.add_event(self._outer(event, channel), channel=channel, ts=ts)

    def _hidden(self, channel_id: str, subtype: str, details: Json) -> None:
        channel = self._workspace.channels[channel_id]
        ts = self._workspace.next_ts()
        event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel_id, "ts": ts}
        event |= details | {"event_ts": ts, "channel_type": channel.kind}
        self.announce(MESSAGE_EVENTS[channel.kind], event, channel=channel_id, ts=ts)

    def _context_of_author(self, message: Message, channel: Channel) -> Json:
        """What the author of a direct message to the agent looks at, as `app_context`; empty elsewhere."""
        context = self._app_context.of(message.user) if channel.kind == "im" else {}
        return {"app_context": context} if context and self._scopes.may_hear("app_context_changed") else {}

    def _action_token(self, message: Message) -> Json:
        """What lets an agent search for the person who has written; empty for messages of apps and of Slack itself."""
        if self._action_tokens is None or message.client_msg_id is None:
            return {}
        token = {"action_token": self._action_tokens.new(message.user)}
        return {"assistant_thread": token} if self._nested_action_tokens else token

    def _is_mention(self, message: Message, channel: Channel) -> bool:
        by_app = message.user == self._installation.bot_user_id
        return message.mentions(self._installation.bot_user_id) and channel.kind != "im" and not by_app

    def _outer(self, event: Json, channel: str) -> Json:
        own = self._installation
        payload: Json = {
            "token": "verification-token-of-the-playground",
            "team_id": self._happened_in(event),
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
            "is_ext_shared_channel": bool(channel) and self._workspace.channels[channel].is_shared,
            "event_context": self._context(event["type"], channel),
        }
        if event["type"] in ("message", "member_joined_channel"):
            payload |= {"context_team_id": own.team_id, "context_enterprise_id": None}
        return payload

    def _happened_in(self, event: Json) -> str:
        """The workspace of the event's author, which with Slack Connect may be another than the app's."""
        author = self._workspace.users.get(str(event.get("user")))
        return (author.foreign_team if author else "") or self._installation.team_id

    def _context(self, event_type: str, channel: str) -> str:
        facts = {"et": event_type, "tid": self._installation.team_id, "aid": self._installation.app_id, "cid": channel}
        return "4-" + base64.b64encode(json.dumps(facts).encode()).decode().rstrip("=")
