"""Which Slack events say that a person has edited or deleted a message. Nothing here raises, whatever a payload holds.

Slack sends the same events for link previews, for the counters of threads, and when an app changes its own message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import MessageChange, Thread
from process.slack import Identity
from slackbot.events import contents, messages
from slackbot.events.ids import TS, has_form
from slackbot.events.mentions import called_users
from slackbot.events.messages import Ignored, IncomingMessage
from text.json_shapes import mapping

_CHANGED, _DELETED = "message_changed", "message_deleted"
_TOMBSTONE = "tombstone"  # what Slack leaves in place of a deleted message that has replies


@dataclass(frozen=True)
class IncomingChange:
    """An edit or a deletion, and the thread that the message is in.

    `asked` is what was deleted, if it was for the agent. `addressed` is the message as it reads now, if the edit has
    addressed it to the agent.
    """

    thread: Thread
    change: MessageChange
    asked: IncomingMessage | None = None
    addressed: IncomingMessage | None = None


def is_about_change(body: Mapping[str, Any]) -> bool:
    """Whether the event is about a message that was sent before."""
    return mapping(body.get("event")).get("subtype") in (_CHANGED, _DELETED)


def read(body: Mapping[str, Any], bot: Identity, allowed_apps: Collection[str] = ()) -> IncomingChange | Ignored:
    """Decides on one event that `is_about_change`; `allowed_apps` as in `messages.read`."""
    event = mapping(body.get("event"))
    before, after = mapping(event.get("previous_message")), mapping(event.get("message"))
    is_deleted = event.get("subtype") == _DELETED or after.get("subtype") == _TOMBSTONE
    message = {**(before if is_deleted else after), "channel": event.get("channel")}
    if is_deleted and not before:
        message["ts"] = event.get("deleted_ts") or after.get("ts")  # then nothing else is known of it
    problem = messages.reason_to_ignore_deletion if is_deleted else messages.reason_to_ignore
    if reason := problem(message, bot, allowed_apps):
        return Ignored(reason)
    at = event.get("event_ts") or event.get("ts")
    if not has_form(at, TS):
        return Ignored("no timestamp of the change")
    thread = messages.thread_of_message(body, message, bot)
    if is_deleted:
        asked = messages.read({**body, "event": _as_written(event, before)}, bot, allowed_apps)
        change = MessageChange(ts=message["ts"], at=str(at), deleted=True)
        return IncomingChange(thread, change, asked if isinstance(asked, IncomingMessage) else None)
    if not _is_edited(before, after):
        return Ignored("nobody has edited it")
    author = {"user": messages.author_of(message), **_more(body, message, thread)}
    addressed = _newly_addressed(body, before, after, bot, allowed_apps)
    return IncomingChange(thread, _edit(message, str(at), author), addressed=addressed)


def _as_written(event: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The event of the message itself, as it was."""
    place = {name: event.get(name) for name in ("channel", "channel_type")}
    return {**before, **place, "type": "message"}


def _more(body: Mapping[str, Any], message: Mapping[str, Any], thread: Thread) -> dict[str, Any]:
    """What few authors have: only what is not empty is stored."""
    more = {"team": messages.team_of_author(body, message, thread.team), "from_app": bool(message.get("bot_id"))}
    return {name: value for name, value in more.items() if value}


def _newly_addressed(
    body: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    bot: Identity,
    allowed: Collection[str],
) -> IncomingMessage | None:
    """The message as it reads now, if it mentions the agent and did not before. In direct messages all are for it."""
    event = mapping(body.get("event"))
    mentioned = [bot.bot_user_id in called_users(one) for one in (before, after)]
    if mentioned != [False, True] or event.get("channel_type") == "im":
        return None
    place = {name: event.get(name) for name in ("channel", "channel_type", "event_ts")}
    decision = messages.read({**body, "event": {**after, **place}}, bot, allowed)
    return decision if isinstance(decision, IncomingMessage) else None


def _is_edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Compares the texts: the timestamp in `edited` is in whole seconds, so that two edits may have the same one.

    An edit may also change only what is attached, such as a table; then the timestamp tells it from a link preview.
    """
    if not after.get("edited"):
        return False
    is_new_edit = mapping(before.get("edited")).get("ts") != mapping(after["edited"]).get("ts")
    is_attached_changed = contents.attachments(before) != contents.attachments(after)
    return before.get("text") != after.get("text") or (is_new_edit and is_attached_changed)


def _edit(message: Mapping[str, Any], at: str, author: Mapping[str, Any]) -> MessageChange:
    attached = contents.attachments(message)
    more = {"attachments": attached} if attached else {}
    return MessageChange(ts=message["ts"], at=at, text=contents.text(message), **more, **author)
