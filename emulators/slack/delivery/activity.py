"""Everything that happens in channels: stored in the workspace, written to the log, told to the app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulators.slack.delivery.events import EventFeed
from emulators.slack.delivery.shapes import Shapes
from emulators.slack.delivery.visible_text import Reader
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.clock import Clock
from emulators.slack.state.messages import Channel, Edited, Ephemeral, Message
from emulators.slack.state.statuses import Statuses


class Activity:
    """The one way in which messages change, whoever changes them: people, other apps, or the app under test."""

    def __init__(
        self,
        *,
        shapes: Shapes,
        statuses: Statuses,
        changes: ChangeLog,
        feed: EventFeed,
        reader: Reader,
        clock: Clock,
    ) -> None:
        self._installation = shapes.installation
        self._workspace = shapes.workspace
        self._statuses = statuses
        self._changes = changes
        self._feed = feed
        self._reader = reader
        self._clock = clock
        self.ephemerals: list[Ephemeral] = []

    def post(self, message: Message) -> None:
        self._workspace.store(message)
        self._log("message", message)
        self._feed.posted(message)
        if self._is_own(message) and message.thread_ts is not None:
            self._statuses.posted(message.channel, message.thread_ts)

    def show_only_to(self, user: str, message: Message) -> None:
        """An ephemeral message: seen once by one person, kept nowhere, told to nobody."""
        self.ephemerals.append(Ephemeral(**vars(message), to=user))
        self._log("ephemeral", message)

    def edit(self, message: Message, editor: str, **fields: Any) -> Message:
        """Change fields of a message and mark it as edited by `editor`."""
        seconds = int(self._clock.now())
        return self.change(message, edited=Edited(editor, f"{seconds}.000000"), **fields)

    def change(self, message: Message, **fields: Any) -> Message:
        """Change fields without an edit mark, as Slack itself does when it unfurls a link."""
        changed = replace(message, **fields)
        self._workspace.store(changed)
        self._log("message_changed", changed)
        self._feed.changed(changed, message)
        return changed

    def grow(self, message: Message) -> None:
        """A streamed message shows more: people see it, and nobody else is told."""
        self._workspace.store(message)
        self._log("message_changed", message)
        self._statuses.posted(message.channel, message.root_ts)

    def delete(self, message: Message) -> None:
        self._workspace.remove(message)
        self._log("message_deleted", message)
        self._feed.deleted(message)

    def react(self, message: Message, user: str, name: str) -> None:
        reactions = {**message.reactions, name: [*message.reactions.get(name, []), user]}
        self._workspace.store(replace(message, reactions=reactions))
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "user": user, "reaction": name, "item": item, "item_user": message.user}
        event_ts = self._workspace.next_ts()
        self._feed.announce("reaction_added", event | {"event_ts": event_ts}, channel=message.channel, ts=event_ts)
        self._changes.nudge()

    def join(self, channel: Channel, user: str) -> None:
        """Make somebody a member, with the notice in the channel that Slack writes."""
        channel.members.append(user)
        notice = Message(channel.id, self._workspace.next_ts(), user, f"<@{user}> has joined the channel")
        self.post(replace(notice, subtype="channel_join"))
        event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "event_ts": notice.ts}
        event |= {"channel_type": "C" if channel.kind == "channel" else "G", "team": self._installation.team_id}
        self._feed.announce("member_joined_channel", event, channel=channel.id, ts=notice.ts)

    def _is_own(self, message: Message) -> bool:
        return message.user == self._installation.bot_user_id

    def _log(self, kind: str, message: Message) -> None:
        self._changes.add(
            kind,
            time=self._clock.now(),
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.root_ts,
            text=self._reader.message(message),
            author=message.user,
            from_app=self._is_own(message),
            is_growing=message.streaming_state == "in_progress" and kind != "message_deleted",
        )
