"""The workspace as plain JSON, and back: what Slack would still know after a restart of everything else.

Kept are people, channels, messages, files, sessions, Home tabs and suggested prompts. Status lines, modals and what
only one person saw are not, and a stream that was being written has died, as it does when nobody writes for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from emulators.slack.delivery.streams import ERRORED, IN_PROGRESS
from emulators.slack.state.files import StoredFile
from emulators.slack.state.messages import Channel, Edited, Message, User
from emulators.slack.state.suggestions import Suggested
from emulators.slack.web_api.backend import Backend

Json = dict[str, Any]
FORMAT = 1


class StrangeError(Exception):
    """What was kept belongs to another workspace, or to another version of this program."""


def remember(backend: Backend) -> Json:
    """Everything but what is in the files; nothing in it changes afterwards."""
    workspace, views = backend.workspace, backend.views
    sessions = [[*place, one.status, one.title] for place, one in backend.statuses.sessions.items()]
    prompts = [[*place, one.title, one.prompts] for place, one in backend.suggestions.places.items()]
    return {
        "identity": _identity(backend),
        "origin": backend.origin,
        "last_ts": workspace.next_ts(),
        "users": [dict(vars(user)) for user in workspace.users.values()],
        "channels": [_channel(channel) for channel in workspace.channels.values()],
        "sessions": sessions,
        "prompts": prompts,
        "homes": dict(views.homes),
        "files": [_file(file) for file in backend.files.all if not file.pending],
    }


def restore(backend: Backend, kept: Json, content_of: Callable[[str], bytes]) -> None:
    """Into a workspace in which nothing has happened; raises StrangeError and leaves it so when this cannot be."""
    try:
        if kept["identity"] != _identity(backend):
            raise StrangeError("it is of another workspace or version")
        users = [User(**one) for one in kept["users"]]
        channels = [_channel_of(one) for one in kept["channels"]]
        files = [StoredFile(**one, content=content_of(one["description"]["id"])) for one in kept["files"]]
    except (KeyError, TypeError, OSError) as error:
        raise StrangeError("it cannot be read") from error
    workspace = backend.workspace
    workspace.users.update({user.id: user for user in users})
    workspace.channels.update({channel.id: channel for channel in channels})
    for file in files:
        backend.files.restore(file)
    workspace.resume(kept["last_ts"], [*workspace.users, *workspace.channels, *(file.id for file in files)])
    _restore_threads(backend, kept)
    _tell(backend)


def _restore_threads(backend: Backend, kept: Json) -> None:
    for channel, thread_ts, status, title in kept["sessions"]:
        backend.statuses.set_session(channel, thread_ts, status, title)
    for channel, thread_ts, title, prompts in kept["prompts"]:
        backend.suggestions.set(channel, thread_ts, Suggested(prompts, title))
    backend.views.homes.update(kept["homes"])


def _tell(backend: Backend) -> None:
    """Who reads the changes from the beginning reads of what was said before, too."""
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
    return {**vars(channel), "members": list(channel.members), "messages": messages, "replies": replies}


def _channel_of(kept: Json) -> Channel:
    messages = [_message_of(one) for one in kept["messages"]]
    return Channel(**{**kept, "messages": {message.ts: message for message in messages}})


def _message(message: Message) -> Json:
    return {**vars(message), "edited": dict(vars(message.edited)) if message.edited else None}


def _message_of(kept: Json) -> Message:
    edited = Edited(**kept["edited"]) if kept["edited"] else None
    message = Message(**{**kept, "edited": edited})
    return replace(message, streaming_state=ERRORED) if message.streaming_state == IN_PROGRESS else message


def _file(file: StoredFile) -> Json:
    return {name: value for name, value in vars(file).items() if name != "content"}
