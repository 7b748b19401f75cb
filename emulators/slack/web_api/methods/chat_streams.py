"""chat.startStream, chat.appendStream and chat.stopStream: a message that grows while it is written."""

from __future__ import annotations

from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules import chunks as chunk_rules
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.chunks import Chunk
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import read_content
from emulators.slack.state.messages import Channel, Message
from emulators.slack.web_api.methods.agents import SESSION_STATES

Json = dict[str, Any]
DISPLAY_MODES = ("timeline", "plan")


def start(backend: Backend, arguments: Arguments) -> Json:
    channel = _available(backend, arguments)
    if not backend.is_member(channel):
        raise SlackError("not_in_channel")
    thread_ts = arguments.text("thread_ts") or ""  # may be left out only in channels that are one session as a whole
    root = backend.root(channel, thread_ts)
    _check_recipient(backend, channel, arguments)
    mode = arguments.text("task_display_mode") or "timeline"
    if mode not in DISPLAY_MODES:
        raise SlackError("invalid_arguments")
    message = backend.new_message(channel, root, "")
    backend.streams.start(message, _chunks(arguments), mode)
    return {"channel": channel.id, "ts": message.ts}


def append(backend: Backend, arguments: Arguments) -> Json:
    channel = _available(backend, arguments)
    message = _own(backend, channel, arguments)
    chunks = _chunks(arguments)
    if not chunks:
        raise SlackError("no_text")
    backend.streams.append(message, chunks)
    return {"channel": channel.id, "ts": message.ts}


def stop(backend: Backend, arguments: Arguments) -> Json:
    channel = _available(backend, arguments)
    message = _own(backend, channel, arguments)
    session_status = arguments.text("session_status") or "active"
    if session_status not in SESSION_STATES:
        raise SlackError("invalid_arguments")
    content = read_content(Arguments({name: arguments.values.get(name) for name in ("blocks", "metadata")}))
    finished = backend.streams.stop(
        message,
        _chunks(arguments),
        content.blocks or [],
        metadata=content.metadata or None,
        session_status=session_status,
    )
    shape = backend.shapes.message(finished, with_metadata=True)
    return {"channel": channel.id, "ts": finished.ts, "message": shape}


def _available(backend: Backend, arguments: Arguments) -> Channel:
    if not backend.settings.streaming:
        raise SlackError("feature_not_enabled")
    channel = backend.channel(arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _check_recipient(backend: Backend, channel: Channel, arguments: Arguments) -> None:
    """Outside direct messages Slack wants to know whom the stream is for, and that person's workspace."""
    user, team = arguments.text("recipient_user_id"), arguments.text("recipient_team_id")
    if channel.kind != "im":
        if not user:
            raise SlackError("missing_recipient_user_id")
        if not team:
            raise SlackError("missing_recipient_team_id")
    teams = {backend.installation.team_id, *(user.foreign_team for user in backend.workspace.users.values())}
    if team and team not in teams:
        raise SlackError("team_not_found")  # an organisation is no workspace either
    person = backend.workspace.users.get(user) if user else None
    if user and (person is None or team not in (None, person.foreign_team or backend.installation.team_id)):
        raise SlackError("user_not_found")


def _own(backend: Backend, channel: Channel, arguments: Arguments) -> Message:
    return backend.own_message(channel, arguments.required("ts"), refusal="message_not_owned_by_app")


def _chunks(arguments: Arguments) -> list[Chunk]:
    """What is to be added: the text of `markdown_text`, then the chunks."""
    text = arguments.text("markdown_text")
    chunks = chunk_rules.checked(arguments.structure("chunks", error="invalid_chunks") or [])
    return chunk_rules.checked([{"type": "markdown_text", "text": text}]) + chunks if text else chunks


METHODS: dict[str, Method] = {
    "chat.appendStream": append,
    "chat.startStream": start,
    "chat.stopStream": stop,
}
