"""The chat.* methods that post, change, delete and link messages. Those that stream are in `chat_streams.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.presentation.rich_text import stored
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.messages import Content, read_content
from emulators.slack.state.messages import Channel, Message

Json = dict[str, Any]


def post_message(backend: Backend, arguments: Arguments) -> Json:
    message = _message(backend, arguments, _destination(backend, arguments))
    if message.thread_ts is not None and arguments.flag("reply_broadcast"):
        message = replace(message, subtype="thread_broadcast")
    backend.writer.post(message)
    shape = backend.shapes.message(message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shape}


def post_ephemeral(backend: Backend, arguments: Arguments) -> Json:
    channel = _destination(backend, arguments)
    user = arguments.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(backend, arguments, channel)
    root = backend.workspace.message(channel.id, message.thread_ts) if message.thread_ts else None
    if root is None or backend.workspace.replies(root):  # in a thread without replies Slack shows it to nobody
        backend.writer.show_only_to(user, message)
    return {"message_ts": message.ts}


def update(backend: Backend, arguments: Arguments) -> Json:
    """Text without blocks removes the blocks. Metadata stays unless it is given; `{}` removes it."""
    channel = backend.channel(arguments)
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = backend.own_message(channel, arguments.required("ts"), refusal="cant_update_message")
    content = read_content(arguments)
    if content.is_empty and content.metadata is None:
        raise SlackError("no_text")
    if backend.streams.is_in_progress(message):
        raise SlackError("streaming_state_conflict")
    changed = backend.writer.edit(message, backend.installation.bot_id, **_changed_fields(message, content))
    shape = backend.shapes.message(changed, with_metadata=True)
    return {"channel": channel.id, "ts": changed.ts, "text": changed.text, "message": shape}


def delete(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    message = backend.own_message(channel, arguments.required("ts"), refusal="cant_delete_message")
    backend.streams.forget(message)
    backend.writer.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    message = backend.workspace.message(channel.id, arguments.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": backend.shapes.permalink(message)}


def _destination(backend: Backend, arguments: Arguments) -> Channel:
    """Where to post. A user's id stands for the direct messages with that person."""
    target = arguments.required("channel")
    if target in backend.workspace.users and target != backend.bot_user:
        return backend.workspace.direct_channel([backend.bot_user, target])
    channel = backend.channel(arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not backend.is_member(channel) and not backend.scopes.has("chat:write.public"):
        raise SlackError("not_in_channel")
    return channel


def _message(backend: Backend, arguments: Arguments, channel: Channel) -> Message:
    """The message to post. Raises SlackError if it shows nothing."""
    content = read_content(arguments)
    if content.is_empty:
        raise SlackError("no_text")
    if content.metadata == {}:
        raise SlackError("invalid_metadata_format")
    return backend.new_message(
        channel,
        _thread_ts(backend, arguments, channel),
        stored(content.text or ""),
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata,
    )


def _thread_ts(backend: Backend, arguments: Arguments, channel: Channel) -> str | None:
    """Only a message that is not itself a reply can be answered in a thread.

    Reports disagree about a root that is gone: an error, or a post outside the thread (`takes_orphans`).
    """
    thread_ts = arguments.text("thread_ts")
    if thread_ts is None:
        return None
    parent = backend.workspace.message(channel.id, thread_ts)
    if parent is None:
        if backend.settings.takes_orphans:
            return None
        raise SlackError("thread_not_found")
    if parent.thread_ts is not None or parent.subtype == "channel_join":
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _changed_fields(message: Message, content: Content) -> Json:
    """The fields of the message that an update with this content sets."""
    fields: Json = {}
    if content.text is not None or content.blocks is not None:
        fields = {"text": stored(content.text or ""), "blocks": content.blocks or []}
    if content.attachments is not None:
        fields["attachments"] = content.attachments
    if content.metadata is not None:
        fields["metadata"] = content.metadata or None
    if message.streaming_state:
        fields["streaming_state"] = "completed"
    return fields


METHODS: dict[str, Method] = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
