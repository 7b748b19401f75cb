"""The chat.* methods: posting, changing and deleting messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.limits import Content, read_content
from emulators.slack.state.messages import Channel, Message
from emulators.slack.web_api.backend import Backend, Method

Json = dict[str, Any]


def post_message(backend: Backend, arguments: Arguments) -> Json:
    channel = _destination(backend, arguments)
    content = _content_of_post(arguments)
    thread_ts = _thread_ts(backend, arguments, channel)
    message = _by_app(backend, channel, content, thread_ts)
    if thread_ts is not None and arguments.flag("reply_broadcast"):
        message = replace(message, subtype="thread_broadcast")
    backend.activity.post(message)
    shape = backend.shapes.message(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def update(backend: Backend, arguments: Arguments) -> Json:
    """Text without blocks takes the blocks away; metadata stays unless it is given, and `{}` removes it."""
    channel = backend.channel(arguments)
    message = _own_message(backend, channel, arguments.required("ts"), "cant_update_message")
    content = read_content(arguments)
    if content.is_empty and content.metadata is None:
        raise SlackError("no_text")
    if backend.streams.is_in_progress(message):
        raise SlackError("streaming_state_conflict")
    fields: Json = {}
    if content.text is not None or content.blocks is not None:
        fields = {"text": content.text or "", "blocks": content.blocks or []}
    if content.attachments is not None:
        fields["attachments"] = content.attachments
    if content.metadata is not None:
        fields["metadata"] = content.metadata or None
    if message.streaming_state:
        fields["streaming_state"] = "completed"
    changed = backend.activity.edit(message, backend.installation.bot_id, **fields)
    shape = backend.shapes.message(changed, with_metadata=True)
    return {"channel": channel.id, "ts": changed.ts, "text": changed.text, "message": shape}


def delete(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    message = _own_message(backend, channel, arguments.required("ts"), "cant_delete_message")
    backend.streams.forget(message)
    backend.activity.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(backend: Backend, arguments: Arguments) -> Json:
    channel = _destination(backend, arguments)
    user = arguments.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content_of_post(arguments)
    message = _by_app(backend, channel, content, _thread_ts(backend, arguments, channel))
    root = backend.workspace.message(channel.id, message.thread_ts) if message.thread_ts else None
    if root is None or backend.workspace.replies(root):  # in a thread without replies Slack shows it to nobody
        backend.activity.show_only_to(user, message)
    return {"message_ts": message.ts}


def get_permalink(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    message = backend.workspace.message(channel.id, arguments.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    domain = backend.installation.team_domain
    address = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts is not None:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


def _destination(backend: Backend, arguments: Arguments) -> Channel:
    """Where to post; a user's id stands for the direct messages with that person."""
    target = arguments.required("channel")
    if target in backend.workspace.users and target != backend.bot_user:
        return backend.workspace.direct_channel([backend.bot_user, target])
    channel = backend.channel(arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not backend.is_member(channel) and not backend.scopes.has("chat:write.public"):
        raise SlackError("not_in_channel")
    return channel


def _content_of_post(arguments: Arguments) -> Content:
    content = read_content(arguments)
    if content.is_empty:
        raise SlackError("no_text")
    if content.metadata == {}:
        raise SlackError("invalid_metadata_format")
    return content


def _thread_ts(backend: Backend, arguments: Arguments, channel: Channel) -> str | None:
    """Only a message that is not itself a reply can be answered in a thread."""
    thread_ts = arguments.text("thread_ts")
    if thread_ts is None:
        return None
    parent = backend.workspace.message(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts is not None or parent.subtype == "channel_join":
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _by_app(backend: Backend, channel: Channel, content: Content, thread_ts: str | None) -> Message:
    return Message(
        channel=channel.id,
        ts=backend.workspace.next_ts(),
        user=backend.bot_user,
        text=content.text or "",
        thread_ts=thread_ts,
        bot_id=backend.installation.bot_id,
        app_id=backend.installation.app_id,
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata,
    )


def _own_message(backend: Backend, channel: Channel, ts: str, refusal: str) -> Message:
    message = backend.workspace.message(channel.id, ts)
    if message is None or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    if message.user != backend.bot_user:
        raise SlackError(refusal)
    return message


METHODS: dict[str, Method] = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
