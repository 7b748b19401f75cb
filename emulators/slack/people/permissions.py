"""What Slack's clients let each person see and do. What they do not allow raises ValueError."""

from __future__ import annotations

from emulators.slack.state.messages import Channel, Message
from emulators.slack.state.workspace import Workspace


def writable_channel(workspace: Workspace, user: str, channel: str) -> Channel:
    """The channel, for a person who writes in it. They join a public channel by that, unless they are a guest."""
    place = workspace.channels[channel]
    check_admitted(workspace, user, place)
    if place.is_archived:
        raise ValueError(f"#{place.name} is archived")
    if user not in place.members:
        person = workspace.users[user]
        if place.is_private or person.is_guest or person.is_single_channel_guest:
            raise ValueError(f"{user} is not a member of {place.name}")
        place.members.append(user)
    return place


def described_channel(workspace: Workspace, user: str, channel: str) -> Channel:
    """The channel, for a member who says what it is about. Slack writes a notice of that."""
    place = workspace.channels[channel]
    check_admitted(workspace, user, place)
    if place.kind in ("im", "mpim"):
        raise ValueError("direct messages have no name, topic or purpose that people set")
    if user not in place.members or place.is_archived:
        raise ValueError(f"{user} can change nothing in #{place.name}")
    return place


def check_admitted(workspace: Workspace, user: str, place: Channel) -> None:
    """Raise ValueError if the person cannot be in the channel at all."""
    person = workspace.users.get(user)
    if person is None:
        raise ValueError(f"no such user: {user}")
    if person.is_deactivated:
        raise ValueError(f"{person.name} has been deactivated")
    if not workspace.admits(person, place.kind, is_shared=place.is_shared):
        raise ValueError(f"{person.name} is from another workspace, and #{place.name} is not shared")


def existing_message(workspace: Workspace, channel: str, ts: str) -> Message:
    """The message. Raises ValueError if there is none."""
    message = workspace.message(channel, ts)
    if message is None:
        raise ValueError(f"no message {ts} in {channel}")
    return message


def seen_message(workspace: Workspace, user: str, channel: str, ts: str) -> Message:
    """A message that the person can see."""
    place = workspace.channels[channel]
    if place.is_private and user not in place.members:
        raise ValueError(f"{user} is not a member of {place.name}")
    return existing_message(workspace, channel, ts)


def pressable_message(workspace: Workspace, user: str, channel: str, ts: str) -> Message:
    """A message that the person can see, also one that only they see."""
    shown_to_them = (one for one in workspace.ephemerals if (one.channel, one.ts, one.to) == (channel, ts, user))
    return next(shown_to_them, None) or seen_message(workspace, user, channel, ts)


def thread_root(workspace: Workspace, channel: Channel, thread_ts: str | None) -> str | None:
    """The `thread_ts` of a reply. Raises ValueError if it is not the first message of a thread."""
    if thread_ts is None:
        return None
    root = workspace.message(channel.id, thread_ts)
    if root is None or root.thread_ts is not None:
        raise ValueError(f"{thread_ts} is not the first message of a thread")
    return thread_ts
