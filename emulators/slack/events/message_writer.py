"""The one way to write, change and delete messages: stored, noted in the log of changes, and told to the app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulators.slack.clock import Clock
from emulators.slack.events.feed import EventFeed
from emulators.slack.presentation.json_shapes import Shapes
from emulators.slack.presentation.visible_text import Reader
from emulators.slack.state.changes import ChangeLog
from emulators.slack.state.messages import Channel, Description, Edited, Ephemeral, Message
from emulators.slack.state.statuses import Statuses


class MessageWriter:
    """Writes for everybody: people, other apps, and the app under test."""

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

    def post(self, message: Message) -> None:
        """Add a message. A reply of the app clears the status line of its thread."""
        self._workspace.store(message)
        self._log("message", message)
        self._feed.posted(message)
        if self._is_own(message) and message.thread_ts is not None:
            self._statuses.clear_text(message.channel, message.thread_ts)

    def recall(self, message: Message) -> None:
        """Add a message of the past, of which the app is not told any more."""
        self._workspace.store(message)
        self._log("message", message, time=float(message.ts))

    def show_only_to(self, user: str, message: Message) -> None:
        """Show an ephemeral message: one person sees it, no channel holds it, and the app is not told."""
        shown = Ephemeral(**vars(message), to=user)
        self._workspace.ephemerals.append(shown)
        self._log("ephemeral", shown)

    def replace_ephemeral(self, message: Ephemeral, *, text: str, blocks: list[dict[str, Any]]) -> None:
        """Show something else in place of an ephemeral message; one that is not shown any more stays away."""
        shown = self._workspace.ephemerals
        for index, one in enumerate(shown):
            if (one.channel, one.ts, one.to) == (message.channel, message.ts, message.to):
                shown[index] = replace(one, text=text, blocks=blocks)
                self._log("ephemeral", shown[index])

    def edit(self, message: Message, editor: str, **fields: Any) -> Message:
        """Change fields of a message and mark it as edited by `editor`. Returns the message as it is then."""
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
        """Show more of a streamed message. People see it; the app is not told."""
        self._workspace.store(message)
        self._log("message_changed", message)
        self._statuses.clear_text(message.channel, message.root_ts)

    def delete(self, message: Message) -> None:
        stone = self._workspace.remove(message)
        self._log("message_deleted", message)
        self._feed.deleted(message, stone)

    def react(self, message: Message, user: str, name: str) -> None:
        """Add a reaction to a message."""
        reactions = {**message.reactions, name: [*message.reactions.get(name, []), user]}
        self._workspace.store(replace(message, reactions=reactions))
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "user": user, "reaction": name, "item": item, "item_user": message.user}
        event_ts = self._workspace.next_ts()
        self._feed.announce("reaction_added", event | {"event_ts": event_ts}, channel=message.channel, ts=event_ts)
        self._changes.nudge()

    def join(self, channel: Channel, user: str) -> None:
        """Make somebody a member, with the notice that Slack writes in the channel."""
        channel.members.append(user)
        notice = Message(channel.id, self._workspace.next_ts(), user, f"<@{user}> has joined the channel")
        self.post(replace(notice, subtype="channel_join"))
        event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "event_ts": notice.ts}
        event |= {"channel_type": "C" if channel.kind == "channel" else "G", "team": self._installation.team_id}
        self._feed.announce("member_joined_channel", event, channel=channel.id, ts=notice.ts)

    def leave(self, channel: Channel, user: str) -> None:
        """Make somebody a member no more, with the notice that Slack writes in the channel."""
        channel.members.remove(user)
        notice = Message(channel.id, self._workspace.next_ts(), user, f"<@{user}> has left the channel")
        self.post(replace(notice, subtype="channel_leave"))

    def describe(self, channel: Channel, user: str, what: str, value: str) -> None:
        """Give a channel another topic or purpose (`what`), with the notice that Slack writes in the channel."""
        setattr(channel, what, Description(value, user, int(self._clock.now())))
        done = f"set the channel {what}: {value}" if value else f"cleared the channel {what}"
        self._notify(channel, user, what, f"<@{user}> {done}", {what: value})

    def rename(self, channel: Channel, user: str, name: str) -> None:
        """Give a channel another name, with the notice that Slack writes in the channel."""
        old_name, channel.name = channel.name, name
        text = f'<@{user}> has renamed the channel from "{old_name}" to "{name}"'
        self._notify(channel, user, "name", text, {"old_name": old_name, "name": name})

    def _notify(self, channel: Channel, user: str, what: str, text: str, details: dict[str, Any]) -> None:
        """Write a notice that says in fields of its own what has changed, such as `channel_topic` or `group_topic`."""
        notice = Message(channel.id, self._workspace.next_ts(), user, text, subtype=f"{channel.kind}_{what}")
        self.post(replace(notice, details=details))

    def _is_own(self, message: Message) -> bool:
        return message.user == self._installation.bot_user_id

    def _log(self, kind: str, message: Message, *, time: float | None = None) -> None:
        self._changes.add(
            kind,
            time=self._clock.now() if time is None else time,
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.root_ts,
            text=self._reader.message(message),
            author=message.user,
            from_app=self._is_own(message),
            is_growing=message.streaming_state == "in_progress" and kind != "message_deleted",
            to=message.to if isinstance(message, Ephemeral) else "",
        )
