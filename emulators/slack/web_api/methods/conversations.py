"""The conversations.* methods and users.conversations: channels, and the messages in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emulators.slack.backend import Backend, Method, is_ts
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.scopes import HISTORY, READ
from emulators.slack.state.messages import Channel, ChannelKind, Message
from emulators.slack.web_api.pages import Page, in_range, page

Json = dict[str, Any]
_KINDS: dict[str, ChannelKind] = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


def info(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    backend.scopes.require(READ[channel.kind])
    return {"channel": backend.shapes.channel(channel)}


def replies(backend: Backend, arguments: Arguments) -> Json:
    """The root and then its replies, oldest first. The `ts` of a reply gives that reply alone.

    Sources disagree on which replies the first page has, and on whether the root comes again; both can be set.
    """
    channel = backend.readable(arguments, HISTORY)
    ts = arguments.required("ts")
    root = backend.workspace.message(channel.id, ts) if is_ts(ts) else None
    if root is None or not backend.is_readable(root):
        raise SlackError("thread_not_found")
    answers = [reply for reply in backend.workspace.replies(root) if backend.is_readable(reply)]
    listed = [root, *in_range(answers, arguments)]
    if backend.settings.newest_replies_first:
        part = _in_order(page(listed[::-1], arguments, default=1_000, largest=1_000))
    else:
        part = page(listed, arguments, default=1_000, largest=1_000)
    shown = part.items
    if backend.settings.root_on_every_page and root not in shown:
        shown = [root, *shown]
    return {"messages": _listing(backend, arguments, shown), **part.fields()}


def history(backend: Backend, arguments: Arguments) -> Json:
    """The newest message first: the roots of threads, and replies that were also sent to the channel.

    With `oldest` and without `latest`, the first page has the messages closest to `oldest`.
    """
    channel = backend.readable(arguments, HISTORY)
    shown = [message for message in channel.messages.values() if message.in_channel_view]
    readable = in_range([message for message in shown if backend.is_readable(message)], arguments)
    if arguments.has("oldest") and not arguments.has("latest"):
        part = _in_order(page(readable, arguments, default=100, largest=999))
    else:
        part = page(readable[::-1], arguments, default=100, largest=999)
    return {"messages": _listing(backend, arguments, part.items), "pin_count": 0, **part.fields()}


def of_app(backend: Backend, arguments: Arguments) -> Json:
    """users.conversations, for the app itself: the channels that it is in."""
    if arguments.text("user") not in (None, backend.bot_user):
        raise SlackError("method_not_supported_for_channel_type")
    kinds = _kinds(arguments.text("types") or "public_channel")
    for kind in kinds:
        backend.scopes.require(READ[kind])
    channels = [channel for channel in _own_channels(backend) if channel.kind in kinds]
    if arguments.flag("exclude_archived"):
        channels = [channel for channel in channels if not channel.is_archived]
    part: Page[Channel] = page(channels, arguments, default=100, largest=999)
    return {"channels": [backend.shapes.channel(channel) for channel in part.items], **part.metadata()}


def _in_order(part: Page[Message]) -> Page[Message]:
    """The same page, with its messages in the other order."""
    return Page(part.items[::-1], part.next_cursor)


def _listing(backend: Backend, arguments: Arguments, messages: Iterable[Message]) -> list[Json]:
    with_metadata = arguments.flag("include_all_metadata")
    if with_metadata:
        backend.scopes.require("metadata.message:read")
    return [backend.shapes.listed(message, with_metadata=with_metadata) for message in messages]


def _kinds(types: str) -> list[ChannelKind]:
    names = [name.strip() for name in types.split(",") if name.strip()]
    if not all(name in _KINDS for name in names):
        raise SlackError("invalid_types")
    return [_KINDS[name] for name in names]


def _own_channels(backend: Backend) -> list[Channel]:
    return [channel for channel in backend.workspace.channels.values() if backend.is_member(channel)]


METHODS: dict[str, Method] = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.replies": replies,
    "users.conversations": of_app,
}
