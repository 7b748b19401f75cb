"""chat.startStream, chat.appendStream and chat.stopStream: a message that grows while it is written."""

from __future__ import annotations

from typing import Any

from playground.slack import block_rules
from playground.slack.arguments import Arguments
from playground.slack.backend import Backend, Method
from playground.slack.errors import SlackError, invalid
from playground.slack.limits import MAX_MARKDOWN, read_content
from playground.slack.messages import Channel, Message
from playground.slack.methods.agents import SESSION_STATES
from playground.slack.streams import Chunk

Json = dict[str, Any]
DISPLAY_MODES = ("timeline", "plan")
TASK_STATES = ("pending", "in_progress", "complete", "error")
MAX_TASK_TEXT = 256
MAX_BLOCKS = 50


def start(backend: Backend, arguments: Arguments) -> Json:
    channel = _available(backend, arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not backend.is_member(channel):
        raise SlackError("not_in_channel")
    thread_ts = arguments.required("thread_ts")
    backend.check_root(channel, thread_ts)
    _check_recipient(backend, channel, arguments)
    if (arguments.text("task_display_mode") or "timeline") not in DISPLAY_MODES:
        raise SlackError("invalid_arguments")
    message = Message(
        channel=channel.id,
        ts=backend.workspace.next_ts(),
        user=backend.bot_user,
        text="",
        thread_ts=thread_ts,
        bot_id=backend.installation.bot_id,
        app_id=backend.installation.app_id,
    )
    backend.streams.start(message, _chunks(arguments))
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
    if not backend.profile.streaming:
        raise SlackError("feature_not_enabled")
    return backend.channel(arguments)


def _check_recipient(backend: Backend, channel: Channel, arguments: Arguments) -> None:
    """Outside direct messages Slack wants to know for whom it is."""
    user, team = arguments.text("recipient_user_id"), arguments.text("recipient_team_id")
    if channel.kind != "im":
        if not user:
            raise SlackError("missing_recipient_user_id")
        if not team:
            raise SlackError("missing_recipient_team_id")
    if user and user not in backend.workspace.users:
        raise SlackError("user_not_found")


def _own(backend: Backend, channel: Channel, arguments: Arguments) -> Message:
    message = backend.workspace.message(channel.id, arguments.required("ts"))
    if message is None or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    if message.user != backend.bot_user:
        raise SlackError("message_not_owned_by_app")
    return message


def _chunks(arguments: Arguments) -> list[Chunk]:
    """What is to be added, the text of its own argument first."""
    text = arguments.text("markdown_text")
    chunks = arguments.structure("chunks", error="invalid_chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise SlackError("invalid_chunks")
    added = [{"type": "markdown_text", "text": text}, *chunks] if text else chunks
    for chunk in added:
        _check(chunk)
    if sum(len(chunk["blocks"]) for chunk in added if chunk["type"] == "blocks") > MAX_BLOCKS:
        raise SlackError("msg_blocks_too_many")
    return added


def _check(chunk: Chunk) -> None:
    check = _CHECKS.get(str(chunk.get("type")))
    if check is None:
        raise SlackError("invalid_chunks")
    check(chunk)


def _check_text(chunk: Chunk) -> None:
    if not isinstance(chunk.get("text"), str):
        raise SlackError("invalid_chunks")
    if len(chunk["text"]) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")


def _check_plan(chunk: Chunk) -> None:
    if not _is_short(chunk.get("title")):
        raise SlackError("invalid_chunks")


def _check_blocks(chunk: Chunk) -> None:
    if not isinstance(chunk.get("blocks"), list):
        raise SlackError("invalid_chunks")
    if found := block_rules.problems(chunk["blocks"][:MAX_BLOCKS]):
        raise invalid("invalid_blocks", found)


def _check_task(chunk: Chunk) -> None:
    is_complete = isinstance(chunk.get("id"), str) and chunk["id"] and _is_short(chunk.get("title"))
    if not is_complete or chunk.get("status") not in TASK_STATES:
        raise SlackError("invalid_chunks")
    if not all(_is_short(chunk[name]) for name in ("details", "output") if name in chunk):
        raise SlackError("invalid_chunks")
    sources = chunk.get("sources", [])
    if not isinstance(sources, list) or not all(map(_is_source, sources)):
        raise SlackError("invalid_chunks")


def _is_short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= MAX_TASK_TEXT


def _is_source(source: object) -> bool:
    if not isinstance(source, dict) or source.get("type") != "url":
        return False
    return all(isinstance(source.get(name), str) and source[name] for name in ("url", "text"))


_CHECKS = {
    "markdown_text": _check_text,
    "task_update": _check_task,
    "plan_update": _check_plan,
    "blocks": _check_blocks,
}
METHODS: dict[str, Method] = {
    "chat.appendStream": append,
    "chat.startStream": start,
    "chat.stopStream": stop,
}
