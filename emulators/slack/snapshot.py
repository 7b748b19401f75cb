"""The workspace as plain JSON, and back, so that the playground's Slack survives a restart.

A snapshot has people, user groups, channels, messages, files, sessions, Home tabs and suggested prompts. It has no
status lines, modals, ephemeral messages, and entries that were not sent. A message that was being streamed comes back
as one whose stream has broken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from emulators.slack.backend import Backend
from emulators.slack.events.streams import ERRORED, IN_PROGRESS
from emulators.slack.state.files import StoredFile
from emulators.slack.state.messages import Channel, Description, Edited, Message, User, UserGroup
from emulators.slack.state.suggested_prompts import Suggestion

Json = dict[str, Any]
FORMAT = 1


class UnusableSnapshotError(Exception):
    """The snapshot is of another workspace, or of another version of this program."""


def take_snapshot(backend: Backend) -> Json:
    """The workspace as it is now, without the bytes of files."""
    workspace, views = backend.workspace, backend.views
    sessions = [[*place, one.status, one.title] for place, one in backend.statuses.sessions.items()]
    prompts = [[*place, one.title, one.prompts] for place, one in backend.suggestions.places.items()]
    return {
        "identity": _identity(backend),
        "origin": backend.origin,
        "last_ts": workspace.next_ts(),
        "users": [dict(vars(user)) for user in workspace.users.values()],
        "user_groups": [dict(vars(group)) for group in workspace.user_groups.values()],
        "channels": [_channel(channel) for channel in workspace.channels.values()],
        "sessions": sessions,
        "prompts": prompts,
        "homes": dict(views.homes),
        "files": [_file(file) for file in backend.files.all if not file.pending],
    }


def restore(backend: Backend, kept: Json, content_of: Callable[[str], bytes]) -> None:
    """Fill an empty workspace with a snapshot; `content_of` returns the bytes of a file, by its id.

    Raises UnusableSnapshotError if this is not possible, and what Python raises for a text that is no snapshot at all:
    the workspace is of no use then.
    """
    try:
        _check_identity(kept["identity"], _identity(backend))
        users = [User(**one) for one in kept["users"]]
        groups = [_group_of(one) for one in kept.get("user_groups", [])]  # older snapshots have none
        channels = [_channel_of(one) for one in kept["channels"]]
        files = [StoredFile(**one, content=content_of(one["description"]["id"])) for one in kept["files"]]
    except TypeError as error:
        # A field that this version does not know, or that it needs.
        raise UnusableSnapshotError("it is incomplete, or another version of this program has written it") from error
    workspace = backend.workspace
    workspace.users.update({user.id: user for user in users})
    workspace.user_groups.update({group.id: group for group in groups})
    workspace.channels.update({channel.id: channel for channel in channels})
    for file in files:
        backend.files.restore(file)
    workspace.resume(kept["last_ts"], _ids(backend))
    _restore_threads(backend, kept)
    _log(backend)


def _check_identity(kept: list[Any], own: list[Any]) -> None:
    if kept[0] != own[0]:
        raise UnusableSnapshotError(f"its format is {kept[0]}, and this version of the program reads {own[0]}")
    if kept != own:
        raise UnusableSnapshotError("it is of another workspace")


def _ids(backend: Backend) -> list[str]:
    workspace = backend.workspace
    return [*workspace.users, *workspace.user_groups, *workspace.channels, *(file.id for file in backend.files.all)]


def _restore_threads(backend: Backend, kept: Json) -> None:
    for channel, thread_ts, status, title in kept["sessions"]:
        backend.statuses.set_session(channel, thread_ts, status, title)
    for channel, thread_ts, title, prompts in kept["prompts"]:
        backend.suggestions.set(channel, thread_ts, Suggestion(prompts, title))
    backend.views.homes.update(kept["homes"])


def _log(backend: Backend) -> None:
    """Put the messages into the log of changes: those who read it from the beginning read of them, too."""
    for message in sorted(_all(backend), key=lambda message: message.ts):
        backend.changes.add(
            "message",
            time=float(message.ts),
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.root_ts,
            text=backend.reader.message(message),
            author=message.user,
            from_app=message.user == backend.bot_user,
        )


def _all(backend: Backend) -> Iterator[Message]:
    for channel in backend.workspace.channels.values():
        yield from channel.messages.values()


def _identity(backend: Backend) -> list[Any]:
    own = backend.installation
    return [FORMAT, own.team_id, own.app_id, own.bot_id, own.bot_user_id]


def _channel(channel: Channel) -> Json:
    messages = [_message(message) for message in channel.messages.values()]
    replies = {ts: list(several) for ts, several in channel.replies.items()}
    said = {"topic": dict(vars(channel.topic)), "purpose": dict(vars(channel.purpose))}
    return {**vars(channel), **said, "members": list(channel.members), "messages": messages, "replies": replies}


def _channel_of(kept: Json) -> Channel:
    messages = [_message_of(one) for one in kept["messages"]]
    said = {name: Description(**kept.get(name, {})) for name in ("topic", "purpose")}  # older snapshots have none
    return Channel(**{**kept, **said, "messages": {message.ts: message for message in messages}})


def _group_of(kept: Json) -> UserGroup:
    return UserGroup(**{**kept, "users": tuple(kept["users"])})


def _message(message: Message) -> Json:
    return {**vars(message), "edited": dict(vars(message.edited)) if message.edited else None}


def _message_of(kept: Json) -> Message:
    edited = Edited(**kept["edited"]) if kept["edited"] else None
    message = Message(**{**kept, "edited": edited})
    return replace(message, streaming_state=ERRORED) if message.streaming_state == IN_PROGRESS else message


def _file(file: StoredFile) -> Json:
    return {name: value for name, value in vars(file).items() if name != "content"}
