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
KINDS: dict[str, ChannelKind] = {
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


def members(backend: Backend, arguments: Arguments) -> Json:
    channel = backend.channel(arguments)
    backend.scopes.require(READ[channel.kind])
    part: Page[str] = page(channel.members, arguments, default=100, largest=1_000)
    return {"members": part.items, **part.metadata()}


def listing(backend: Backend, arguments: Arguments) -> Json:
    """conversations.list: all public channels, and of the others those that the app is in."""
    return _channels(backend, arguments, _visible(backend), largest=1_000)


def of_user(backend: Backend, arguments: Arguments) -> Json:
    """users.conversations: the channels that the app is in; with `user`, those of somebody else that the app sees."""
    user = arguments.text("user") or backend.bot_user
    if user not in backend.workspace.users:
        raise SlackError("user_not_found")
    return _channels(backend, arguments, [one for one in _visible(backend) if user in one.members], largest=999)


def _visible(backend: Backend) -> list[Channel]:
    """The channels that the app may know of."""
    everything = backend.workspace.channels.values()
    return [channel for channel in everything if not channel.is_private or backend.is_member(channel)]


def _channels(backend: Backend, arguments: Arguments, channels: Iterable[Channel], *, largest: int) -> Json:
    """One page of those channels that are of the wanted `types`."""
    kinds = _kinds(arguments.text("types") or "public_channel")
    for kind in kinds:
        backend.scopes.require(READ[kind])
    with_archived = not arguments.flag("exclude_archived")
    wanted = [one for one in channels if one.kind in kinds and (with_archived or not one.is_archived)]
    part: Page[Channel] = page(wanted, arguments, default=100, largest=largest)
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
    if not all(name in KINDS for name in names):
        raise SlackError("invalid_types")
    return [KINDS[name] for name in names]


METHODS: dict[str, Method] = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.list": listing,
    "conversations.members": members,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
